using Sallyport.Gateway.Cli;

return await CommandLine.RunAsync(args, ConsoleStreams.OfProcess());
