using System.Diagnostics;
using OpenTelemetry;

namespace Sallyport.Gateway.Telemetry;

/// <summary>Takes queries out of every span before it is exported: a route may read its token from a query parameter.</summary>
/// <remarks>
/// ASP.NET Core records the path only, and HttpClient writes <c>*</c> for a query unless a switch turns that off; what is
/// exported must not hang on either.
/// </remarks>
internal sealed class QueryRedaction : BaseProcessor<Activity>
{
    private static readonly string[] Addresses = ["url.full", "http.url", "http.target"];

    public override void OnEnd(Activity data)
    {
        if (data.GetTagItem("url.query") is not null) data.SetTag("url.query", null);
        foreach (var name in Addresses)
            if (data.GetTagItem(name) is string address && address.IndexOf('?', StringComparison.Ordinal) is >= 0 and var query)
                data.SetTag(name, address[..query]);
    }
}
