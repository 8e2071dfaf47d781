using Sallyport.Gateway.Issuing;
using Sallyport.Gateway.Proxy;
using Sallyport.Gateway.Tokens;
using Sallyport.Gateway.Trust;
using Sallyport.Gateway.Verification;
using Sallyport.Policies;

namespace Sallyport.Gateway.Cli;

/// <summary>Walks one request through the parts of the gate, in the gate's order and by its numbers, and notes what each says.</summary>
internal sealed class GateWalk(TokenVerifier verifier, RevocationCheck revocations)
{
    private const int First = 1, Token = 2, Recall = 3, Key = 4, Principal = 7, Decision = 8, Forward = 9;

    /// <param name="context">The request, its route values set.</param>
    /// <param name="route">The route that it takes.</param>
    /// <param name="areRouteValuesKnown">False when no URL was given.</param>
    /// <param name="told">Gets the steps.</param>
    public async Task WalkAsync(HttpContext context, RouteRequirement route, bool areRouteValuesKnown, Explanation told, CancellationToken cancellation)
    {
        var stripped = route.Folding.Strip(context.Request.Headers);

        // 1 Requirement
        var requirement = route.Requirement;
        if (AmbiguousPath.Is(context.Request.Path.Value ?? ""))
        {
            await Refuse(context, told, First, AmbiguousPath.Fault);
            return;
        }

        if (requirement.IsAnonymous)
        {
            told.Pass(First, "Open route: everyone passes, and no token is looked at.", "anonymous");
            for (var step = Token; step <= Decision; step++) told.Skip(step, "");
            told.Pass(Forward, Outgoing(stripped, "as the client sent it", 0));
            return;
        }

        told.Pass(First, $"Policy {requirement.Name}{(requirement.IsTokenRequired ? "" : ", a token is optional")}.");

        // 2 Token
        if (!BearerToken.TryFind(context.Request, requirement.Token, out var text, out var fault))
        {
            await Refuse(context, told, Token, fault!);
            return;
        }

        VerifiedToken? token = null;
        if (!text.HasValue)
        {
            told.Pass(Token, $"The request has no token {PlaceOf(requirement.Token)}.");
            for (var step = Recall; step <= Principal; step++) told.Skip(step, "");
        }
        else if (text.Length > verifier.MaxTokenBytes)
        {
            await Refuse(context, told, Token, TokenFault.TooLong);
            return;
        }
        else if ((token = await VerifyAsync(context, text.ToString(), route, told, cancellation)) is null)
        {
            return;
        }

        // 8 Decision
        if (token is not null && requirement.FailsClosed && revocations.IsStale)
        {
            await Challenge.RevocationsStale(context);
            told.Fail(Decision, Challenge.RevocationsStaleReason, "The policy fails closed, and what is revoked is not known here.", context.Response);
            return;
        }

        var decision = requirement.Decide(token?.Principal, context.Request.RouteValues);
        if (!decision.IsAllowed)
        {
            await (token is null ? Challenge.TokenMissing(context, decision) : Challenge.Denied(context, decision));
            var isGuess = decision.Reason == DenialReason.TenantMissing && !areRouteValuesKnown;
            told.Fail(Decision, decision.Reason, isGuess ? decision.Detail + " The values of the route are not known: give --url." : decision.Detail, context.Response);
            return;
        }

        told.Pass(Decision, token is null ? "Passes as nobody." : "Everything that the policy asks for is there.", token is null ? "anonymous" : "allowed");

        // 9 Forward
        if (token is null)
        {
            told.Pass(Forward, Outgoing(stripped, "absent", 0));
        }
        else if (route.Projection.Of(token) is not { } headers)
        {
            await Refuse(context, told, Forward, GateFault.IdentityTooLarge);
        }
        else
        {
            told.Forwarded = headers;
            told.Pass(Forward, Outgoing(stripped, TokenOf(route), headers.Length) + OutgoingAssertion(route.Assertion));
        }
    }

    // 3 to 7
    private async Task<VerifiedToken?> VerifyAsync(HttpContext context, string text, RouteRequirement route, Explanation told, CancellationToken cancellation)
    {
        var source = route.Requirement.Token;
        Verdict verdict;
        try
        {
            verdict = await verifier.VerifyAsync(text, route.Trust, client: null, cancellation);
        }
        catch (KeysUnavailableException e)
        {
            await Challenge.Unavailable(context, e.RetryAfter);
            PassUpTo(Key, source, told, issuer: null);
            var why = route.Trust.Issuers.FirstOrDefault(issuer => issuer.Name == e.IssuerName)?.Keys.Unusable;
            told.Fail(Key, "keys_unavailable", why is null ? e.Message : $"{e.Message} {why}", context.Response);
            return null;
        }

        if (verdict.Token is { } token)
        {
            PassUpTo(Decision, source, told, token.Issuer, token.Key);
            return token;
        }

        var failed = (int)verdict.Step;
        PassUpTo(failed, source, told, verdict.Issuer);
        await Refuse(context, told, failed, verdict.Fault!, KeyNote.Of(verdict));
        return null;
    }

    private static void PassUpTo(int end, TokenSource source, Explanation told, TrustedIssuer? issuer, Jwk? key = null)
    {
        string[] details =
        [
            $"Found {PlaceOf(source)}, well formed.",
            "A process that has just begun remembers no token.",
            issuer is null ? "" : $"Issuer {issuer.Name}, {(key is null ? "its key" : $"key {KeyNote.NameOf(key)}")}, from {issuer.Keys.Source}.",
            key is null ? "" : "Valid for that key.",
            "Type, audience, times and required claims hold; not revoked.",
            "",
        ];
        for (var step = Token; step < end; step++)
        {
            if (step == Recall) told.Skip(step, details[step - Token]);
            else told.Pass(step, details[step - Token]);
        }
    }

    private static async Task Refuse(HttpContext context, Explanation told, int step, TokenFault fault, string? note = null)
    {
        await Challenge.Faulty(context, fault);
        told.Fail(step, fault.Code, note is null ? fault.Detail : $"{fault.Detail} {note}", context.Response);
    }

    private static string PlaceOf(TokenSource source) => source.Place switch
    {
        TokenPlace.Cookie => $"in the Authorization header or the cookie '{source.Name}'",
        TokenPlace.Query => $"in the Authorization header or the query parameter '{source.Name}'",
        _ => "in the Authorization header",
    };

    private static string TokenOf(RouteRequirement route) => route.Assertion is { IsBearer: true } ? "replaced" : route.KeepToken ? "kept" : "stripped";

    // Signed by the gateway that serves; a verb has no key.
    private static string OutgoingAssertion(AssertionAudience? assertion) =>
        assertion is null ? "" : $" An assertion for audience {assertion.Audience} in {assertion.HeaderName}.";

    private static string Outgoing(int stripped, string token, int identity) =>
        $"Identity headers of the client: {stripped} stripped. Identity headers of ours: {identity}. The token: {token}.";
}
