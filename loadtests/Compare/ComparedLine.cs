namespace Sallyport.LoadTests.Compare;

/// <summary>A line of the comparison: one kind of request to one proxy.</summary>
/// <param name="Name">As <c>--only</c> names it.</param>
/// <param name="Title">As in the table.</param>
/// <param name="Proxy">Who gets the requests.</param>
/// <param name="Algorithm">Of the token, or null for none.</param>
/// <param name="IsNew">Each request has a token that this proxy never saw before.</param>
internal sealed record ComparedLine(string Name, string Title, Contender Proxy, string? Algorithm, bool IsNew = false)
{
    public static readonly string[] Algorithms = ["ES256", "RS256", "EdDSA"];

    public static readonly ComparedLine[] All =
    [
        new("bare-open", "bare YARP, no token", Contender.Bare, null),
        new("bare-es256", "bare YARP, ES256 token forwarded", Contender.Bare, "ES256"),
        new("bare-rs256", "bare YARP, RS256 token forwarded", Contender.Bare, "RS256"),
        new("bare-new-es256", "bare YARP, a new ES256 token each time", Contender.Bare, "ES256", IsNew: true),
        new("bare-new-rs256", "bare YARP, a new RS256 token each time", Contender.Bare, "RS256", IsNew: true),
        new("gateway-open", "gateway, anonymous route", Contender.Gateway, null),
        new("gateway-es256", "gateway, one ES256 token", Contender.Gateway, "ES256"),
        new("gateway-rs256", "gateway, one RS256 token", Contender.Gateway, "RS256"),
        new("gateway-eddsa", "gateway, one EdDSA token", Contender.Gateway, "EdDSA"),
        new("gateway-assertion", "gateway with assertions, one ES256 token", Contender.AssertingGateway, "ES256"),
        new("gateway-new-es256", "gateway, a new ES256 token each time", Contender.GatewayOfNewTokens, "ES256", IsNew: true),
        new("gateway-new-rs256", "gateway, a new RS256 token each time", Contender.GatewayOfNewTokens, "RS256", IsNew: true),
        new("gateway-new-eddsa", "gateway, a new EdDSA token each time", Contender.GatewayOfNewTokens, "EdDSA", IsNew: true),
        new("stock-es256", "YARP + JwtBearer, one ES256 token", Contender.Stock, "ES256"),
        new("stock-rs256", "YARP + JwtBearer, one RS256 token", Contender.Stock, "RS256"),
        new("stock-new-es256", "YARP + JwtBearer, a new ES256 token each time", Contender.Stock, "ES256", IsNew: true),
        new("stock-new-rs256", "YARP + JwtBearer, a new RS256 token each time", Contender.Stock, "RS256", IsNew: true),
        new("haproxy-es256", "HAProxy jwt_verify, one ES256 token", Contender.HaProxy, "ES256"),
        new("haproxy-rs256", "HAProxy jwt_verify, one RS256 token", Contender.HaProxy, "RS256"),
        new("haproxy-new-es256", "HAProxy jwt_verify, a new ES256 token each time", Contender.HaProxy, "ES256", IsNew: true),
        new("haproxy-new-rs256", "HAProxy jwt_verify, a new RS256 token each time", Contender.HaProxy, "RS256", IsNew: true),
        new("nginx", "nginx, ES256 token forwarded", Contender.Nginx, "ES256"),
    ];

    /// <summary>The line of one proxy with tokens of one algorithm.</summary>
    public static ComparedLine Of(Contender proxy, string algorithm) => Array.Find(All, line => line.Proxy == proxy && line.Algorithm == algorithm)!;

    /// <summary>The line of bare YARP with the same request, its token repeated or new as here. An EdDSA token is as long as one of ES256.</summary>
    public string Yardstick => (Algorithm, IsNew) switch
    {
        (null, _) => "bare-open",
        ("RS256", false) => "bare-rs256",
        ("RS256", true) => "bare-new-rs256",
        (_, false) => "bare-es256",
        (_, true) => "bare-new-es256",
    };

    /// <summary>Whether it refuses requests without a good token.</summary>
    public bool IsGuarded => Proxy is not (Contender.Bare or Contender.Nginx) && Algorithm is not null;

    /// <summary>The path of its requests; bare YARP gets that of the gateway.</summary>
    public string Path => Algorithm is null ? "/open/acme/17" : "/orders/acme/17";

    /// <summary>The line of another proxy with the same tokens, repeated or new as here.</summary>
    public string Twin(string proxy) => $"{proxy}{(IsNew ? "-new" : "")}-{Algorithm?.ToLowerInvariant()}";

    /// <summary>Whether it, or all lines that begin so, are asked for.</summary>
    public bool IsNamed(string name) => Name.Equals(name, StringComparison.Ordinal) || Name.StartsWith(name + "-", StringComparison.Ordinal);
}
