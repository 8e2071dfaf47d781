using Sallyport.Gateway.Verification;
using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace Sallyport.Gateway.Proxy;

/// <summary>The last transform of every route: sets the identity headers on the request that goes to the upstream.</summary>
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
        if (routes.Find(context.Route) is { Requirement.IsAnonymous: false } route)
            context.RequestTransforms.Add(new Projecting(route.Projection));
    }

    private sealed class Projecting(HeaderProjection projection) : RequestTransform
    {
        public override ValueTask ApplyAsync(RequestTransformContext context)
        {
            if (context.HttpContext.User is not VerifiedUser user || !projection.TryProject(user.Token, out var headers)) return default;
            foreach (var (name, value) in headers)
            {
                RemoveHeader(context, name);
                context.ProxyRequest.Headers.TryAddWithoutValidation(name, value);
            }

            return default;
        }
    }
}
