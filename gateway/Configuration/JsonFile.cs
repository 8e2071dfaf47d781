using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Configuration.Json;

namespace Sallyport.Gateway.Configuration;

/// <summary>One reading of a JSON configuration file.</summary>
/// <param name="Values">By the keys of .NET configuration; empty when there is a mistake or no file.</param>
/// <param name="Version">Equal for equal contents.</param>
/// <param name="Mistake">Null when the file was read, or is not there and need not be.</param>
internal sealed record JsonFile(IDictionary<string, string?> Values, string Version, Mistake? Mistake)
{
    /// <summary>Whether it makes sense to look again: a pipe is read once.</summary>
    public bool Changes { get; private init; } = true;

    /// <summary>The largest file that is read, in bytes.</summary>
    private const int Largest = 16 * 1024 * 1024;

    private const string Absent = "absent";
    private const string TooLarge = "large";
    private const string Unreadable = "unreadable";

    private static readonly Dictionary<string, string?> Nothing = new(StringComparer.OrdinalIgnoreCase);

    public static JsonFile Read(string file, bool required)
    {
        try
        {
            if (!File.Exists(file))
                return new(Nothing, Absent, required ? new("$", $"is expected in {file}, which does not exist.", "Create it, or name another file.") : null);
            var (read, changes) = BoundedFile.Read(file, Largest);
            if (read is null)
                return new(Nothing, TooLarge, new("$", $"is expected in {file}, which is larger than 16 MiB.", "Is this the right file?"));
            return Parse(file, read) with { Changes = changes };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new(Nothing, Unreadable, new("$", $"cannot be read from {file}: {exception.Message}", "Check the file and who may read it."));
        }
    }

    /// <summary>The <see cref="Version"/> that <see cref="Read"/> would answer. Nothing is parsed and next to nothing allocated: it is asked all the time.</summary>
    public static string VersionOf(string file)
    {
        try
        {
            if (!File.Exists(file))
                return Absent;
            return BoundedFile.Hash(file, Largest) is { } hash ? Convert.ToHexStringLower(hash) : TooLarge;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Unreadable;
        }
    }

    private static JsonFile Parse(string file, byte[] bytes)
    {
        var version = Convert.ToHexStringLower(SHA256.HashData(bytes));
        try
        {
            if (JsonKeys.FindTwice(bytes) is { } twice)
                return new(Nothing, version, new(twice.Path, $"stands twice in {file}, the second time in line {twice.Line}; letter case does not count.", "Make one of the two."));
            using var stream = new MemoryStream(bytes);
            var parser = new Parser();
            parser.Load(stream);
            return new(parser.Values, version, null);
        }
        catch (Exception exception) when (exception is JsonException or FormatException or InvalidDataException or DecoderFallbackException)
        {
            return new(Nothing, version, new("$", $"cannot be read from {file}, which is no JSON: {(exception.InnerException ?? exception).Message}", "Correct the file; comments and trailing commas are allowed."));
        }
    }

    /// <summary>.NET's own way from JSON to keys and values.</summary>
    private sealed class Parser() : JsonStreamConfigurationProvider(new())
    {
        public IDictionary<string, string?> Values => Data;
    }
}
