using Microsoft.AspNetCore.Authorization;
using Sallyport.Policies;

namespace Sallyport.Gateway.Proxy;

/// <summary>A configured policy as a requirement of ASP.NET Core's authorization.</summary>
internal sealed class PolicyRequirement(Requirement requirement) : IAuthorizationRequirement
{
    public Requirement Requirement { get; } = requirement;
}
