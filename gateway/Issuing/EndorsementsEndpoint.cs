using Sallyport.Gateway.Keys;

namespace Sallyport.Gateway.Issuing;

/// <summary>The endorsements of the keys in the JWK Set: <c>{"endorsements":[{"kid","endorsement"}]}</c>. Empty where no identity endorses them.</summary>
internal sealed class EndorsementsEndpoint(IssuerOptions options, OwnKeys keys)
{
    private volatile Rendered? _rendered;

    public Task AnswerAsync(HttpContext context)
    {
        // As with the JWK Set: nothing known is not the same as nothing there.
        if (keys.Current is not { Published.Keys.Count: > 0 } ring) return PublicDocument.UnavailableAsync(context);
        var rendered = _rendered;
        if (rendered is null || !ReferenceEquals(rendered.Ring, ring)) _rendered = rendered = new(ring, Render(ring));
        return rendered.Document.AnswerAsync(context, options.Keys.JwksMaxAge);
    }

    private static PublicDocument Render(OpenRing ring) => new("application/json", writer =>
    {
        writer.WriteStartArray("endorsements");
        foreach (var (keyId, endorsement) in ring.Endorsements)
        {
            writer.WriteStartObject();
            writer.WriteString("kid", keyId);
            writer.WriteString("endorsement", endorsement);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    });

    private sealed record Rendered(OpenRing Ring, PublicDocument Document);
}
