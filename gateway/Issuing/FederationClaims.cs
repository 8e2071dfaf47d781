using System.Text.Json;
using Sallyport.Policies;

namespace Sallyport.Gateway.Issuing;

/// <summary>The session tags of one subject, as the claim that AWS STS reads: <c>https://aws.amazon.com/tags</c>.</summary>
/// <remarks>
/// <code>
///   {"principal_tags": {"tenant": ["acme"]}, "transitive_tag_keys": ["tenant"]}
/// </code>
/// Every tag that is configured is there, or there is no claim at all: a session that lacks a tag passes each negated condition on it.
/// </remarks>
internal sealed class FederationClaims
{
    public const string Name = "https://aws.amazon.com/tags";

    // In base64url, with room for header, signature and the other claims below the 20,000 characters that STS takes.
    private const int MostBytes = 12_000;

    private readonly FederationOptions _federation;
    private readonly string[] _values;

    private FederationClaims(FederationOptions federation, string[] values) => (_federation, _values) = (federation, values);

    /// <summary>Takes the tags from the subject's claims.</summary>
    /// <param name="refusal">Set when there is no answer.</param>
    public static FederationClaims? Read(FederationOptions federation, Principal subject, out FederationRefusal? refusal)
    {
        var values = new string[federation.Tags.Count];
        for (var i = 0; i < values.Length; i++)
        {
            if (TagValue.Read(federation.Tags[i], subject, out refusal) is not { } value) return null;
            values[i] = value;
        }

        var claims = new FederationClaims(federation, values);
        refusal = claims.Bytes() <= MostBytes ? null : new(FederationRefusal.InvalidRequest, FederationRefusal.TooLarge, "The session tags are too large for one token.");
        return refusal is null ? claims : null;
    }

    /// <summary>Writes the claim as a member of the claims set.</summary>
    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject(Name);
        writer.WriteStartObject("principal_tags");
        for (var i = 0; i < _values.Length; i++)
        {
            writer.WriteStartArray(_federation.Tags[i].Key);
            writer.WriteStringValue(_values[i]);
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
        if (_federation.Tags.Any(tag => tag.IsTransitive))
        {
            writer.WriteStartArray("transitive_tag_keys");
            foreach (var tag in _federation.Tags.Where(tag => tag.IsTransitive)) writer.WriteStringValue(tag.Key);
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    /// <summary>Keys only.</summary>
    public override string ToString() => $"Tags {string.Join(", ", _federation.Tags.Select(tag => tag.Key))}";

    private long Bytes()
    {
        using var writer = new Utf8JsonWriter(Stream.Null);
        writer.WriteStartObject();
        WriteTo(writer);
        writer.WriteEndObject();
        return writer.BytesCommitted + writer.BytesPending;
    }
}
