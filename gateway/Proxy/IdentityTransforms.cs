using Microsoft.Net.Http.Headers;
using Sallyport.Gateway.Issuing;
using Sallyport.Gateway.Verification;
using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace Sallyport.Gateway.Proxy;

/// <summary>
/// The first and the last transform of every guarded route: takes the client's token out of the request that goes to the
/// upstream, and sets the identity headers and the assertion on it. What the route's own transforms write in between stays.
/// </summary>
/// <remarks>
/// The token is taken out here and not of the request that came in, so that Kestrel can use the header's string again for the
/// next request of the connection.
/// </remarks>
internal sealed class IdentityTransforms(RouteTable routes) : ITransformProvider
{
    public void ValidateRoute(TransformRouteValidationContext context)
    {
    }

    public void ValidateCluster(TransformClusterValidationContext context)
    {
    }

    public void Apply(TransformBuilderContext context)
    {
        // A route that the gate does not know is not served at all: see RouteTable.
        if (routes.Find(context.Route) is not { } route) return;
        // Where services take their assertion from Authorization, no other Bearer token may stand there, on open routes neither.
        if (route.Assertion is { IsBearer: true }) context.RequestTransforms.Insert(0, new StrippingOfAll());
        else if (!route.KeepToken && !route.Requirement.IsAnonymous) context.RequestTransforms.Insert(0, new Stripping());
        if (route.Requirement.IsAnonymous) return;
        context.RequestTransforms.Add(new Projecting(route.Projection));
        if (route.Assertion is { } assertion) context.RequestTransforms.Add(new Asserting(assertion));
    }

    private sealed class Projecting(HeaderProjection projection) : RequestTransform
    {
        public override ValueTask ApplyAsync(RequestTransformContext context)
        {
            // None of these names is there yet: the client's were stripped, and no transform of a configuration may write one.
            if (context.HttpContext.User is VerifiedUser user) projection.WriteTo(context.ProxyRequest.Headers, user.Token);
            return default;
        }
    }

    private sealed class Asserting(AssertionAudience assertion) : RequestTransform
    {
        public override ValueTask ApplyAsync(RequestTransformContext context)
        {
            if (context.HttpContext.User is not VerifiedUser user) return default;
            // The gate has asked for it before it let the request through.
            var header = assertion.Held(user.Token) ?? throw new InvalidOperationException("A request came past the gate without its assertion.");
            // Not TryAdd: credentials of another scheme may stand in Authorization.
            RemoveHeader(context, assertion.HeaderName);
            context.ProxyRequest.Headers.TryAddWithoutValidation(assertion.HeaderName, header);
            return default;
        }
    }

    private sealed class StrippingOfAll : RequestTransform
    {
        public override ValueTask ApplyAsync(RequestTransformContext context)
        {
            var sent = context.HttpContext.Request.Headers.Authorization;
            if (sent.Count > 1 || UpstreamToken.IsInHeader(context.HttpContext.Request)) RemoveHeader(context, HeaderNames.Authorization);
            return default;
        }
    }

    private sealed class Stripping : RequestTransform
    {
        public override ValueTask ApplyAsync(RequestTransformContext context)
        {
            if (context.HttpContext.User is VerifiedUser && UpstreamToken.IsInHeader(context.HttpContext.Request)) RemoveHeader(context, HeaderNames.Authorization);
            return default;
        }
    }
}
