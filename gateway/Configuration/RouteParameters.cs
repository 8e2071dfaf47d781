using Microsoft.AspNetCore.Routing.Patterns;
using Yarp.ReverseProxy.Configuration;

namespace Sallyport.Gateway.Configuration;

/// <summary>The names of the parameters in a route's path.</summary>
internal static class RouteParameters
{
    /// <summary>Empty for a route without a path; null for a path that ASP.NET Core cannot read, which YARP's validator reports.</summary>
    public static IReadOnlySet<string>? Of(RouteConfig route)
    {
        try
        {
            var pattern = RoutePatternFactory.Parse(route.Match?.Path ?? "");
            return pattern.Parameters.Select(parameter => parameter.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        }
        catch (RoutePatternException)
        {
            return null;
        }
    }
}
