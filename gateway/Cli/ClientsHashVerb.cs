using System.Buffers.Text;
using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using Sallyport.Gateway.Issuing;

namespace Sallyport.Gateway.Cli;

/// <summary><c>clients hash</c>: the <c>SecretHash</c> of a client's secret, which never stands on a command line.</summary>
internal sealed class ClientsHashVerb(ConsoleStreams streams)
{
    private const int LeastCharacters = 16;
    private const int GeneratedBytes = 32;

    private readonly Option<bool> _generate = new("--generate") { Description = "Makes a secret of 256 random bits, and prints it too." };
    private readonly Option<bool> _json = VerbOptions.Json();

    public static Command Command(ConsoleStreams streams)
    {
        var verb = new ClientsHashVerb(streams);
        var command = new Command("hash", "Makes the SecretHash of a client's secret, which is read from standard input.") { verb._generate, verb._json };
        command.SetAction(verb.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var isGenerated = parsed.GetValue(_generate);
        var secret = isGenerated ? Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(GeneratedBytes)) : await ReadAsync(cancellation);
        if (ProblemOf(secret) is { } problem)
        {
            await streams.Error.WriteLineAsync(problem);
            return ExitCode.Usage;
        }

        var hash = ClientSecretHash.Of(Encoding.UTF8.GetBytes(secret!)).Write();
        if (parsed.GetValue(_json))
        {
            streams.Output.WriteLine(JsonText.Of(writer =>
            {
                writer.WriteStartObject();
                if (isGenerated) writer.WriteString("secret", secret);
                writer.WriteString("hash", hash);
                writer.WriteEndObject();
            }));
            return ExitCode.Good;
        }

        if (isGenerated) streams.Output.WriteLine($"Secret:     {secret}");
        streams.Output.WriteLine(isGenerated ? $"SecretHash: {hash}" : hash);
        return ExitCode.Good;
    }

    private static string? ProblemOf(string? secret) => secret switch
    {
        null => "The secret is no UTF-8 text, or is too long.",
        { Length: < LeastCharacters } => $"The secret has fewer than {LeastCharacters} characters. --generate makes one.",
        _ when secret.Any(char.IsControl) => "The secret has control characters, which no client could send.",
        _ => null,
    };

    /// <summary>Without the line end, which an echo puts there.</summary>
    private async Task<string?> ReadAsync(CancellationToken cancellation)
    {
        var buffer = new byte[ClientSecretHash.MaxSecretBytes + 3];
        var read = await streams.Input.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation);
        var bytes = buffer.AsMemory(0, read);
        if (bytes.Span.EndsWith("\n"u8)) bytes = bytes[..^1];
        if (bytes.Span.EndsWith("\r"u8)) bytes = bytes[..^1];
        if (bytes.Length > ClientSecretHash.MaxSecretBytes) return null;
        try
        {
            return new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(bytes.Span);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
