using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;

namespace Sallyport.Gateway.Proxy;

/// <summary>Answers what a policy refused on an endpoint that is not proxied: as ASP.NET Core does, but for what is an outage and no denial.</summary>
internal sealed class PolicyAnswer : IAuthorizationMiddlewareResultHandler
{
    private readonly AuthorizationMiddlewareResultHandler _usual = new();

    public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult) =>
        authorizeResult.AuthorizationFailure?.FailureReasons.Any(reason => reason.Message == Challenge.RevocationsStaleReason) == true
            ? Challenge.RevocationsStale(context)
            : _usual.HandleAsync(next, context, policy, authorizeResult);
}
