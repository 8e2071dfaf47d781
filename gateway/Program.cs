using Sallyport.Gateway;
using Sallyport.Gateway.Cli;

InlineCompletions.Prefer();
return await CommandLine.RunAsync(args, ConsoleStreams.OfProcess());
