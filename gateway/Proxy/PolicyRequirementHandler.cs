using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Features;
using Sallyport.Gateway.Verification;

namespace Sallyport.Gateway.Proxy;

/// <summary>Decides a <see cref="PolicyRequirement"/> by the same requirement as the gate.</summary>
internal sealed class PolicyRequirementHandler(RevocationCheck revocations) : AuthorizationHandler<PolicyRequirement>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, PolicyRequirement requirement)
    {
        var token = context.User.Identities.OfType<VerifiedIdentity>().FirstOrDefault()?.Token;
        var routeValues = (context.Resource as HttpContext)?.Features.Get<IRouteValuesFeature>()?.RouteValues ?? [];
        if (token is not null && requirement.Requirement.FailsClosed && revocations.IsStale)
            context.Fail(new AuthorizationFailureReason(this, Challenge.RevocationsStaleReason));
        else if (requirement.Requirement.Decide(token?.Principal, routeValues).IsAllowed) context.Succeed(requirement);
        return Task.CompletedTask;
    }
}
