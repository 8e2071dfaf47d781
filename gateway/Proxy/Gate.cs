using System.Diagnostics;
using Microsoft.Extensions.Primitives;
using Sallyport.Gateway.Audit;
using Sallyport.Gateway.Issuing;
using Sallyport.Gateway.Telemetry;
using Sallyport.Gateway.Tokens;
using Sallyport.Gateway.Trust;
using Sallyport.Gateway.Verification;

namespace Sallyport.Gateway.Proxy;

/// <summary>The outer door: stands before every proxied route, and lets a request pass or answers it.</summary>
/// <remarks>
/// <code>
///   1 Requirement  of the route, compiled when the configuration loaded        RouteRequirement
///   2 Token        Authorization header, or the place that the route names     BearerToken
///   3 Recall       a token seen before: no await, no signature check           VerifiedTokens
///   4 Key          issuer by exact iss, key by kid                             TrustModel, IIssuerKeys
///   5 Signature    by the key's algorithm                                      Jwk
///   6 Claims       typ, sub, aud, exp, nbf, iat, lifetime, required claims     ClaimsCheck, RevocationCheck
///   7 Principal    of the token                                                VerifiedToken
///   8 Decision     by the requirement, cached verdict or not                   Requirement
///   9 Forward      identity headers of the client out, ours in,                HeaderFolding, HeaderProjection
///                  and an assertion of ours where the cluster wants one        AssertionAudience
/// </code>
/// </remarks>
internal sealed partial class Gate(
    TokenVerifier verifier, RevocationCheck revocations, ExpiryWatch watch, TimeProvider clock, GatewayMetrics metrics, ILogger<Gate> logger)
{
    private const string Nobody = "none";

    /// <summary>The handler of one route: the gate, then <paramref name="forward"/>.</summary>
    public RequestDelegate Before(RequestDelegate forward, RouteRequirement route) => context => PassAsync(context, route, forward);

    // Not async: a request whose token was seen before runs through to the forwarder without a state machine of ours.
    private Task PassAsync(HttpContext context, RouteRequirement route, RequestDelegate forward)
    {
        var arrived = metrics.IsDurationWanted ? clock.GetTimestamp() : 0;

        // 9, first half: on every route, whatever comes of the rest.
        var stripped = route.Folding.Strip(context.Request.Headers);
        if (stripped > 0) metrics.HeadersStripped(stripped);

        // 1 Requirement. On an open route too: its upstream could read the path as that of a guarded one.
        if (AmbiguousPath.Is(context.Request.Path.Value ?? "")) return Refuse(context, route, AmbiguousPath.Fault, Nobody, arrived);
        if (route.Requirement.IsAnonymous) return Forward(context, route, forward, token: null, arrived);

        // 2 Token
        if (!BearerToken.TryFind(context.Request, route.Requirement.Token, out var text, out var fault))
            return Refuse(context, route, fault!, Nobody, arrived);
        if (!text.HasValue) return Decide(context, route, forward, token: null, arrived);
        if (text.Length > verifier.MaxTokenBytes) return Refuse(context, route, TokenFault.TooLong, Nobody, arrived);

        // 3 Recall
        var digest = LastDigest.Of(context, text);
        return verifier.TryRecall(digest, route.Trust, out var token)
            ? Decide(context, route, forward, token, arrived)
            : VerifyAsync(context, route, forward, text, digest, arrived);
    }

    // 4 to 7
    private async Task VerifyAsync(HttpContext context, RouteRequirement route, RequestDelegate forward, StringSegment text, TokenDigest digest, long arrived)
    {
        Verdict verdict;
        using (var activity = GatewayActivity.Source.StartActivity("gateway.authenticate"))
        {
            try
            {
                verdict = await verifier.VerifyAsync(text.AsSpan(), route.Trust, context.Connection.RemoteIpAddress, context.RequestAborted);
            }
            catch (KeysUnavailableException e)
            {
                activity?.SetStatus(ActivityStatusCode.Error, "keys_unavailable");
                Record(route, e.IssuerName, "unavailable", "keys_unavailable", arrived);
                await Challenge.Unavailable(context, e.RetryAfter);
                return;
            }
            catch (NotInitialisedException)
            {
                Record(route, Nobody, "unavailable", "not_initialised", arrived);
                await Challenge.NotReady(context);
                return;
            }

            activity?.SetTag("sallyport.issuer", verdict.Issuer?.Name ?? Nobody).SetTag("sallyport.result", verdict.Fault?.Code ?? "verified");
        }

        if (verdict.Token is not { } token)
        {
            var issuer = verdict.Issuer?.Name ?? Nobody;
            Refused(route.RouteId, issuer, verdict.Fault!.Code);
            await Refuse(context, route, verdict.Fault, issuer, arrived);
            return;
        }

        await Decide(context, route, forward, verifier.Remember(digest, token), arrived);
    }

    // 8 Decision
    private Task Decide(HttpContext context, RouteRequirement route, RequestDelegate forward, VerifiedToken? token, long arrived)
    {
        if (token is not null && route.Requirement.FailsClosed && revocations.IsStale)
        {
            Record(route, token.Issuer.Name, "unavailable", Challenge.RevocationsStaleReason, arrived);
            return Challenge.RevocationsStale(context);
        }

        var decision = route.Requirement.Decide(token?.Principal, context.Request.RouteValues);
        if (decision.IsAllowed) return Forward(context, route, forward, token, arrived);

        Record(route, token?.Issuer.Name ?? Nobody, "denied", decision.Reason, arrived);
        return token is null ? Challenge.TokenMissing(context, decision) : Challenge.Denied(context, decision);
    }

    // 9 Forward: the projection itself is IdentityTransforms', on the request that goes out.
    private Task Forward(HttpContext context, RouteRequirement route, RequestDelegate forward, VerifiedToken? token, long arrived)
    {
        if (token is not null)
        {
            if (!route.Projection.Fits(token)) return Refuse(context, route, GateFault.IdentityTooLarge, token.Issuer.Name, arrived);
            // Here, not on the request that goes out: without one nothing may go out.
            if (route.Assertion is { } assertion && !assertion.IsAtHand(token)) return AssertAsync(context, route, forward, token, assertion, arrived);
        }

        return Send(context, route, forward, token, arrived);
    }

    private async Task AssertAsync(HttpContext context, RouteRequirement route, RequestDelegate forward, VerifiedToken token, AssertionAudience assertion, long arrived)
    {
        TokenFault? fault;
        try
        {
            fault = await assertion.AssertAsync(token, route.RouteId, context.RequestAborted);
        }
        catch (SigningUnavailableException)
        {
            Record(route, token.Issuer.Name, "unavailable", AssertionMint.UnavailableReason, arrived);
            await Challenge.SigningUnavailable(context);
            return;
        }
        catch (AuditUnavailableException)
        {
            Record(route, token.Issuer.Name, "unavailable", AssertionMint.UnrecordedReason, arrived);
            await Challenge.AuditUnavailable(context);
            return;
        }

        await (fault is null ? Send(context, route, forward, token, arrived) : Refuse(context, route, fault, token.Issuer.Name, arrived));
    }

    private Task Send(HttpContext context, RouteRequirement route, RequestDelegate forward, VerifiedToken? token, long arrived)
    {
        if (token is not null)
        {
            context.User = token.User;
            if (!route.KeepToken) UpstreamToken.Strip(context.Request, route.Requirement.Token);
        }

        Record(route, token?.Issuer.Name ?? Nobody, "allowed", token is null ? "anonymous" : "allowed", arrived);
        return token is not null && route.CloseOnExpiry ? watch.ForwardAsync(token, context, forward) : forward(context);
    }

    private Task Refuse(HttpContext context, RouteRequirement route, TokenFault fault, string issuer, long arrived)
    {
        Record(route, issuer, "refused", fault.Code, arrived);
        return Challenge.Faulty(context, fault);
    }

    private void Record(RouteRequirement route, string issuer, string result, string reason, long arrived)
    {
        metrics.Decided(issuer, route.RouteId, result, reason);
        if (arrived != 0) metrics.DecisionTook(clock.GetElapsedTime(arrived), result);
    }

    // Debug: anyone can make it say something, as often as they like. The metric counts them all.
    [LoggerMessage(3001, LogLevel.Debug, "Route {Route}: a token of issuer {Issuer} was refused: {Reason}")]
    private partial void Refused(string route, string issuer, string reason);
}
