using System.Text;
using Sallyport.Gateway.Secrets;

namespace Sallyport.Gateway.Configuration;

/// <summary>Reads the place of a secret: <c>Keys:Secret</c>, <c>Redis:MacKey</c>. No message repeats a value from here.</summary>
internal static class SecretSection
{
    /// <summary>A key of HMAC-SHA256 must be as long as its hash (RFC 7518 section 3.2).</summary>
    private const int Shortest = 32;

    /// <returns>Null when there is none, or a mistake.</returns>
    public static SecretSource? Read(SectionReader secret, bool given, ReadingContext context)
    {
        var file = secret.String("File");
        var variable = secret.String("Environment");
        secret.Finish();
        if (!given)
            return null;
        if (secret.Has("File") == secret.Has("Environment"))
        {
            secret.Wrong(secret.Path, "does not name exactly one place of the secret.", "Write {\"File\": \"...\"} or {\"Environment\": \"...\"}; the secret itself never stands in the configuration.");
            return null;
        }

        if (file is not null)
        {
            file = Path.GetFullPath(file.Replace("\0", "", StringComparison.Ordinal), context.ContentRoot);
            CheckFile(secret, file, context);
        }

        if (variable is not null)
            CheckLength(secret, "Environment", System.Environment.GetEnvironmentVariable(variable) is { } value ? Encoding.UTF8.GetByteCount(value) : null);
        return new SecretSource(file, variable);
    }

    private static void CheckFile(SectionReader secret, string file, ReadingContext context)
    {
        if (KeyFile.TryRead(file, out var bytes) is { } problem)
            secret.Wrong("File", problem, $"Relative paths start at {context.ContentRoot}.");
        else
            CheckLength(secret, "File", SecretSource.WithoutLineEnd(bytes).Length);
    }

    private static void CheckLength(SectionReader secret, string key, int? length)
    {
        if (length is null)
            secret.Wrong(key, "names an environment variable that is not set.", "Set it, or name another; write its name here, not its value.");
        else if (length < Shortest)
            secret.Wrong(key, $"leads to a secret of fewer than {Shortest} bytes.", $"Use {Shortest} random bytes or more, as RFC 7518 section 3.2 demands.");
    }
}
