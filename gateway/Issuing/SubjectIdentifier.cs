using System.Text.Json;
using Sallyport.Policies;

namespace Sallyport.Gateway.Issuing;

/// <summary>Where a subject comes from: <c>sub_id</c>, <c>{"format": "iss_sub", "iss": ..., "sub": ...}</c> (RFC 9493 sections 3.2.3 and 4.1).</summary>
internal static class SubjectIdentifier
{
    public const string Claim = "sub_id";

    /// <param name="writer">Inside the claims set.</param>
    /// <param name="subject">Who was verified.</param>
    /// <param name="isOwn">Whether by a token of our own, which may speak for a subject of somebody else's and then says whose.</param>
    public static void Write(Utf8JsonWriter writer, Principal subject, bool isOwn)
    {
        if (isOwn && subject.TryGetClaim(Claim, out var origin) && origin.Kind == ClaimKind.Object)
        {
            writer.WritePropertyName(Claim);
            writer.WriteRawValue(origin.Text);
            return;
        }

        writer.WriteStartObject(Claim);
        writer.WriteString("format", "iss_sub");
        writer.WriteString("iss", subject.Issuer);
        writer.WriteString("sub", subject.Subject);
        writer.WriteEndObject();
    }
}
