using System.Diagnostics;

namespace Sallyport.Gateway.Telemetry;

/// <summary>The activity source <c>Sallyport</c>: spans <c>gateway.authenticate</c> and <c>jwks.fetch</c>.</summary>
internal static class GatewayActivity
{
    public const string SourceName = "Sallyport";

    public static ActivitySource Source { get; } = new(SourceName);
}
