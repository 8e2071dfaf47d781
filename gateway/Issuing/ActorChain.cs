using System.Text.Json;
using Sallyport.Policies;

namespace Sallyport.Gateway.Issuing;

/// <summary>Who acts for whom: <c>act</c> and <c>may_act</c> (RFC 8693 sections 4.1 and 4.4).</summary>
internal static class ActorChain
{
    /// <summary>The most actors in a chain, the newest included.</summary>
    public const int Deepest = 8;

    /// <summary>Whether <paramref name="client"/> may be put before the actors of the subject's token.</summary>
    public static TokenError? Check(Principal subject, Client client, string issuer)
    {
        if (subject.TryGetClaim("may_act", out var mayAct) && !Names(mayAct, client, issuer)) return TokenError.MayActRefused;
        if (!subject.TryGetClaim("act", out var act)) return null;
        if (act.Kind != ClaimKind.Object) return TokenError.ActMalformed;
        using var document = JsonDocument.Parse(act.Text);
        var depth = 1;
        for (var actor = document.RootElement; ; depth++)
        {
            if (actor.ValueKind != JsonValueKind.Object || !actor.TryGetProperty("sub", out var sub) || sub.ValueKind != JsonValueKind.String) return TokenError.ActMalformed;
            if (!actor.TryGetProperty("act", out actor)) break;
        }

        return depth < Deepest ? null : TokenError.ActTooDeep;
    }

    /// <summary>Writes the client as the actor now, and those of the subject's token as the ones before it.</summary>
    public static void Write(Utf8JsonWriter writer, Principal subject, Client client)
    {
        writer.WriteStartObject("act");
        writer.WriteString("sub", client.Id);
        if (subject.TryGetClaim("act", out var before))
        {
            writer.WritePropertyName("act");
            writer.WriteRawValue(before.Text);
        }

        writer.WriteEndObject();
    }

    /// <summary>All that it says of who may act must be so: the client's name, and us as who knows it by that name.</summary>
    private static bool Names(ClaimValue mayAct, Client client, string issuer)
    {
        if (mayAct.Kind != ClaimKind.Object) return false;
        using var document = JsonDocument.Parse(mayAct.Text);
        var isNamed = false;
        foreach (var member in document.RootElement.EnumerateObject())
        {
            var expected = member.Name switch { "sub" or "client_id" => client.Id, "iss" => issuer, _ => null };
            if (expected is null || member.Value.ValueKind != JsonValueKind.String || member.Value.GetString() != expected) return false;
            isNamed |= member.Name is "sub" or "client_id";
        }

        return isNamed;
    }
}
