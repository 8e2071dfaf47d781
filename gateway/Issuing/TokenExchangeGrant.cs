using System.Net;
using Sallyport.Gateway.Keys;
using Sallyport.Gateway.Trust;
using Sallyport.Gateway.Verification;
using Sallyport.Policies;

namespace Sallyport.Gateway.Issuing;

/// <summary>Token exchange (RFC 8693): a client that was handed a token gets one of ours, to act for that token's subject elsewhere.</summary>
/// <remarks>
/// <code>
///   1 request      types of token; no actor_token: the client is the actor
///   2 subject      verified by the outer door's own code, revocations included; it must be meant for this gateway
///   3 actors       may_act, and no chain without end
///   4 narrowing    audiences of the client's list; scopes that the client and the subject's token both have
///   5 token        sub of the subject, sub_id for where it comes from, act for the client; no longer than the subject's token
/// </code>
/// </remarks>
internal sealed class TokenExchangeGrant(IssuerOptions options, TokenVerifier verifier, TrustedIssuers trust, RevocationCheck revocations, OwnKeys keys, TimeProvider clock)
{
    public const string Name = "urn:ietf:params:oauth:grant-type:token-exchange";
    public const string AccessTokenType = "urn:ietf:params:oauth:token-type:access_token";
    public const string JwtType = "urn:ietf:params:oauth:token-type:jwt";

    /// <summary>The name in metrics and the audit.</summary>
    public const string Purpose = "token_exchange";

    public async ValueTask<TokenGrant> DecideAsync(Client client, FormBody form, IPAddress? address, CancellationToken cancellation)
    {
        // 1 request
        if (form["subject_token"] is not { } subjectToken) return TokenError.SubjectTokenMissing;
        if (form["subject_token_type"] is not (AccessTokenType or JwtType)) return TokenError.SubjectTokenType;
        if (form["requested_token_type"] is not (null or AccessTokenType or JwtType)) return TokenError.RequestedTokenType;
        if (form["actor_token"] is not null || form["actor_token_type"] is not null) return TokenError.ActorTokenUnsupported;

        // 2 subject
        Verdict verdict;
        try
        {
            verdict = await verifier.VerifyAsync(subjectToken, trust.Current, address, cancellation);
        }
        catch (KeysUnavailableException e)
        {
            return TokenError.KeysUnavailable with { RetryAfter = Math.Max(1, (int)Math.Ceiling(e.RetryAfter.TotalSeconds)) };
        }
        catch (NotInitialisedException)
        {
            return TokenError.NotInitialised;
        }

        if (verdict.Token is not { } verified) return TokenError.SubjectTokenRefused(verdict.Fault!);
        // What is made of it would outlive the knowledge that it was revoked.
        if (revocations.IsStale) return TokenError.RevocationsStale;
        var subject = verified.Principal;
        var error = Narrow(client, form, subject, out var audiences, out var scopes);
        if (error is not null) return (TokenGrant)error with { Subject = subject.Subject };

        // 5 token
        if (audiences.Any(audience => options.Federation.Any(federation => federation.Audience == audience))) return Federate(client, subject, audiences);
        var isOwn = verified.Issuer.Options.Keys.Kind == KeySourceKind.Own;
        return new TokenGrant
        {
            Request = new MintRequest
            {
                Type = AccessToken.Type,
                Subject = subject.Subject,
                Audiences = audiences,
                Lifetime = AccessToken.LifetimeOf(client, options),
                NotAfter = subject.Expires,
                WriteClaims = writer =>
                {
                    AccessToken.WriteClaims(writer, client, scopes);
                    SubjectIdentifier.Write(writer, subject, isOwn);
                    ActorChain.Write(writer, subject, client);
                },
                Actor = client.Id,
                Purpose = Purpose,
            },
            Scopes = scopes,
            IssuedTokenType = form["requested_token_type"] ?? AccessTokenType,
            IsBearer = true,
            Subject = subject.Subject,
        };
    }

    // 3 and 4
    private TokenError? Narrow(Client client, FormBody form, Principal subject, out IReadOnlyList<string> audiences, out IReadOnlyList<string> scopes)
    {
        (audiences, scopes) = ([], []);
        // Within the clock skew it passes the door; nothing of ours lives on it any more.
        if (subject.Expires <= clock.GetUtcNow()) return TokenError.SubjectTokenExpired;
        return ActorChain.Check(subject, client, options.Issuer)
            ?? TokenTargets.Audiences(form, client.Options.Audiences, out audiences)
            ?? TokenTargets.Scopes(form, [.. client.Options.Scopes.Where(subject.Scopes.Contains)], out scopes);
    }

    /// <summary>The one place where a token for an audience of <c>Federation</c> is made.</summary>
    private TokenGrant Federate(Client client, Principal subject, IReadOnlyList<string> audiences)
    {
        // STS takes one aud, and what is for it is for nobody else.
        if (audiences.Count != 1) return TokenError.TargetRefused;
        if (keys.Current?.Active is not { } active) return TokenError.SigningUnavailable;
        var federation = options.Federation.First(federation => federation.Audience == audiences[0]);
        var request = FederationToken.Request(federation, subject, client.Id, active.Key.Algorithm, clock.GetUtcNow(), out var refusal);
        if (request is null) return (TokenGrant)TokenError.FederationRefused(refusal!) with { Subject = subject.Subject };
        return new TokenGrant { Request = request, Scopes = [], IssuedTokenType = JwtType, IsBearer = false, Subject = subject.Subject };
    }
}
