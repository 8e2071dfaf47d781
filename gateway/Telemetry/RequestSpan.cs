using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http.Features;

namespace Sallyport.Gateway.Telemetry;

/// <summary>Says on ASP.NET Core's own span what that leaves out: the route and the status, by OpenTelemetry's conventions for HTTP spans.</summary>
/// <remarks>In the pipeline only where spans are exported.</remarks>
internal static class RequestSpan
{
    public static RequestDelegate Describe(RequestDelegate next) => async context =>
    {
        // Taken first: after a request that was upgraded, the features are gone.
        var activity = context.Features.Get<IHttpActivityFeature>()?.Activity;
        var status = StatusCodes.Status500InternalServerError;
        try
        {
            await next(context);
            status = context.Response.StatusCode;
        }
        finally
        {
            if (activity is { IsAllDataRequested: true }) Describe(activity, context, status);
        }
    };

    private static void Describe(Activity activity, HttpContext context, int status)
    {
        activity.SetTag("http.response.status_code", status);
        // The pattern, never the path: one name for all requests of a route.
        if ((context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText is { } route)
        {
            activity.SetTag("http.route", route);
            activity.DisplayName = $"{MethodOf(activity)} {route}";
        }
        else
        {
            activity.DisplayName = MethodOf(activity);
        }

        if (status < StatusCodes.Status500InternalServerError) return;
        activity.SetTag("error.type", status.ToString(CultureInfo.InvariantCulture));
        activity.SetStatus(ActivityStatusCode.Error);
    }

    // A method that HTTP does not know is _OTHER there, and would make a name of the client's choosing.
    private static string MethodOf(Activity activity) => activity.GetTagItem("http.request.method") is string method and not "_OTHER" ? method : "HTTP";
}
