using Sallyport.Gateway.Keys;

namespace Sallyport.Gateway.Issuing;

/// <summary>The JWK Set of our public keys (RFC 7517 section 5): the prepared, active and retired ones of the ring.</summary>
internal sealed class JwksEndpoint(IssuerOptions options, OwnKeys keys)
{
    // Registered for JWK Sets (RFC 7517 section 8.5.2). Readers that ask for application/json take it too.
    private const string ContentType = "application/jwk-set+json";

    // While something is wrong with the ring, verifiers should not go by this for long.
    private static readonly TimeSpan TroubledMaxAge = TimeSpan.FromSeconds(30);

    private volatile Rendered? _rendered;

    public Task AnswerAsync(HttpContext context)
    {
        // An empty set would tell verifiers that every token of ours is false.
        if (keys.Current is not { Published.Keys.Count: > 0 } ring) return PublicDocument.UnavailableAsync(context);
        var rendered = _rendered;
        if (rendered is null || !ReferenceEquals(rendered.Ring, ring)) _rendered = rendered = new(ring, Render(ring));
        var maxAge = options.Keys.JwksMaxAge;
        return rendered.Document.AnswerAsync(context, ring.Problem is null || maxAge < TroubledMaxAge ? maxAge : TroubledMaxAge);
    }

    private static PublicDocument Render(OpenRing ring) => new(ContentType, writer =>
    {
        writer.WriteStartArray("keys");
        foreach (var key in ring.Published.Keys) key.WriteTo(writer);
        writer.WriteEndArray();
    });

    private sealed record Rendered(OpenRing Ring, PublicDocument Document);
}
