using System.Security.Claims;

namespace Sallyport.Gateway.Verification;

/// <summary>A verified principal as a <see cref="ClaimsPrincipal"/>: authenticated, named by <c>sub</c>, claims under their own names.</summary>
/// <remarks>The .NET claims are made when first asked for: a gateway that only forwards headers never asks.</remarks>
internal sealed class VerifiedUser(VerifiedToken token) : ClaimsPrincipal
{
    private ClaimsIdentity[]? _identities;

    public VerifiedToken Token { get; } = token;

    public override IEnumerable<ClaimsIdentity> Identities => _identities ??= [new VerifiedIdentity(Token)];

    public override ClaimsIdentity Identity => (ClaimsIdentity)((ClaimsIdentity[])Identities)[0];

    public override IEnumerable<Claim> Claims => Identity.Claims;

    public override bool IsInRole(string role) => Identity.HasClaim(Identity.RoleClaimType, role);

    public override Claim? FindFirst(string type) => Identity.FindFirst(type);

    public override Claim? FindFirst(Predicate<Claim> match) => Identity.FindFirst(match);

    public override IEnumerable<Claim> FindAll(string type) => Identity.FindAll(type);

    public override IEnumerable<Claim> FindAll(Predicate<Claim> match) => Identity.FindAll(match);

    public override bool HasClaim(string type, string value) => Identity.HasClaim(type, value);

    public override bool HasClaim(Predicate<Claim> match) => Identity.HasClaim(match);
}
