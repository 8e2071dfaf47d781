using System.Text;

namespace Sallyport.Gateway.Cli;

/// <summary>Reads the TOKEN of a command line: itself, or <c>-</c> for standard input.</summary>
internal static class TokenText
{
    /// <summary>The most that is read of standard input, in bytes; far more than any gateway takes.</summary>
    public const int MaxBytes = 1024 * 1024;

    public const string Help = "The token, with or without 'Bearer ' before it; - reads it from standard input.";

    private const string Scheme = "Bearer ";

    public static async Task<string> ReadAsync(string argument, ConsoleStreams streams, CancellationToken cancellation)
    {
        var text = argument == "-" ? await ReadInput(streams.Input, cancellation) : argument;
        var token = text.Trim();
        return token.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? token[Scheme.Length..].TrimStart() : token;
    }

    private static async Task<string> ReadInput(Stream input, CancellationToken cancellation)
    {
        // One byte over the bound is enough to be seen as too long.
        var buffer = new byte[MaxBytes + 1];
        var read = await input.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation);
        return Encoding.UTF8.GetString(buffer, 0, read);
    }
}
