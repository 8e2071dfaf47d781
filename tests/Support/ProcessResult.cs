namespace Sallyport.Tests.Support;

/// <summary>How a process ended, and all that it wrote.</summary>
internal sealed record ProcessResult(int ExitCode, string Output, string Errors);
