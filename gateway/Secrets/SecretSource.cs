using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;

namespace Sallyport.Gateway.Secrets;

/// <summary>The place of a secret: a file, or an environment variable. The secret itself never stands in the configuration.</summary>
/// <param name="File">Full path of the file whose bytes are the secret; of text, one line end at its end is dropped.</param>
/// <param name="Environment">Name of the environment variable whose UTF-8 bytes are the secret, where there is no file.</param>
internal sealed record SecretSource(string? File, string? Environment)
{
    private const int MaxBytes = 1 << 20;

    /// <summary>What may be said of it.</summary>
    public string Place => File ?? $"environment variable {Environment}";

    /// <summary>Reads the secret anew; false with a sentence that repeats nothing of it.</summary>
    public bool TryRead(int leastBytes, out byte[] secret, out string? problem)
    {
        secret = [];
        if (!TryReadPlace(out var bytes, out problem)) return false;

        secret = (File is null ? bytes : WithoutLineEnd(bytes)).ToArray();
        CryptographicOperations.ZeroMemory(bytes);
        if (secret.Length >= leastBytes) return true;
        problem = $"The secret of {Place} has {secret.Length} bytes; {leastBytes} or more are needed.";
        return false;
    }

    /// <summary>What of a file's content is the secret. An editor ends text with a line end; among random bytes one is a byte like any other.</summary>
    public static ReadOnlySpan<byte> WithoutLineEnd(ReadOnlySpan<byte> content)
    {
        var text = content.EndsWith("\r\n"u8) ? content[..^2] : content.EndsWith("\n"u8) ? content[..^1] : content;
        if (!Utf8.IsValid(text)) return content;
        foreach (var character in text)
            if (character is < (byte)' ' or 0x7F)
                return content;
        return text;
    }

    private bool TryReadPlace(out byte[] bytes, out string? problem)
    {
        bytes = [];
        problem = null;
        if (File is null)
        {
            if (System.Environment.GetEnvironmentVariable(Environment!) is { Length: > 0 } value) bytes = Encoding.UTF8.GetBytes(value);
            else problem = $"The environment variable {Environment} is not set.";
            return problem is null;
        }

        try
        {
            using var stream = System.IO.File.OpenRead(File);
            if (stream.Length > MaxBytes)
            {
                problem = $"{File} is larger than {MaxBytes} bytes.";
                return false;
            }

            bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problem = $"{File} cannot be read: {e.Message}";
            return false;
        }
    }
}
