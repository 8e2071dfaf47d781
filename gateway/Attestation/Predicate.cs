using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;

namespace Sallyport.Gateway.Attestation;

/// <summary>What somebody says of the subjects: a JSON object, kept byte for byte as it was given.</summary>
internal sealed class Predicate
{
    public const int MaxBytes = 8 * 1024 * 1024;

    public const int MaxDepth = 64;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    private readonly string _json;
    private readonly bool _isEmpty;

    private Predicate(string json, bool isEmpty) => (_json, _isEmpty) = (json, isEmpty);

    /// <param name="utf8">Of any origin.</param>
    /// <param name="predicate">What it says.</param>
    /// <param name="problem">A sentence.</param>
    public static bool TryRead(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out Predicate? predicate, [NotNullWhen(false)] out string? problem)
    {
        predicate = null;
        problem = null;
        try
        {
            if (utf8.Length > MaxBytes) problem = $"The predicate is longer than {MaxBytes} bytes.";
            else if (!Utf8.IsValid(utf8)) problem = "The predicate is not UTF-8.";
            else predicate = Read(JsonElement.Parse(utf8, Strict), out problem);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            problem = $"The predicate is not JSON, has a name twice in one object, or is nested deeper than {MaxDepth}.";
        }

        return predicate is not null;
    }

    /// <summary>The object, with a further member at its end.</summary>
    /// <param name="name">One that it does not have.</param>
    /// <param name="value">JSON.</param>
    public string With(string name, string value) => $"{_json[..^1]}{(_isEmpty ? "" : ",")}\"{name}\":{value}}}";

    public override string ToString() => _json;

    private static Predicate? Read(JsonElement root, out string? problem)
    {
        // Whoever reads that member believes that the gateway put it there.
        problem = root.ValueKind != JsonValueKind.Object ? "The predicate is no JSON object."
            : root.TryGetProperty(TokenAuthorization.Member, out _) ? $"The predicate has a member {TokenAuthorization.Member}, which only the gateway writes: give it another name."
            : null;
        return problem is null ? new Predicate(root.GetRawText(), root.GetPropertyCount() == 0) : null;
    }
}
