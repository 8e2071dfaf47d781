using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;

namespace Sallyport.Gateway.Proxy;

/// <summary>Makes every configured policy an ASP.NET Core policy of the same name, for <c>[Authorize]</c> and for YARP's check of its routes.</summary>
internal sealed class PolicyProvider(CompiledPolicies policies) : IAuthorizationPolicyProvider
{
    private static readonly AuthorizationPolicy AnyPrincipal =
        new AuthorizationPolicyBuilder(JwtBearerDefaults.AuthenticationScheme).RequireAuthenticatedUser().Build();

    public Task<AuthorizationPolicy?> GetPolicyAsync(string policyName) => Task.FromResult(
        policies.Find(policyName) is { } requirement
            ? new AuthorizationPolicyBuilder(JwtBearerDefaults.AuthenticationScheme).AddRequirements(new PolicyRequirement(requirement)).Build()
            : null);

    public Task<AuthorizationPolicy> GetDefaultPolicyAsync() => Task.FromResult(AnyPrincipal);

    public Task<AuthorizationPolicy?> GetFallbackPolicyAsync() => Task.FromResult<AuthorizationPolicy?>(AnyPrincipal);
}
