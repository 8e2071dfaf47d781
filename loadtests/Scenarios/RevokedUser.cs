using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using NBomber.Contracts;
using NBomber.CSharp;

namespace Sallyport.LoadTests.Scenarios;

/// <summary>A user whose token passes at every gateway, is revoked, and passes at none shortly after.</summary>
/// <param name="issuer">Who signs the tokens.</param>
/// <param name="fleet">Where they are sent.</param>
/// <param name="revoker">Who revokes them.</param>
/// <param name="key">What the issuer signs with now.</param>
internal sealed class RevokedUser(IssuerHost issuer, Fleet fleet, Revoker revoker, Func<TokenKey> key)
{
    /// <summary>From the moment that Redis has the revocation until the last gateway refuses.</summary>
    public const string Refused = "refused everywhere";

    private const string Unknown = "redis away";
    private const int CutOff = 0;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>One such user.</summary>
    /// <param name="context">Of the scenario.</param>
    /// <param name="isWell">Whether Redis has been well for a while; what happens while it is not is no failure.</param>
    public async Task<IResponse> RunAsync(IScenarioContext context, Func<bool> isWell)
    {
        var claims = issuer.Claims();
        var request = Traffic.Get(GatewayConfiguration.Orders, key().Sign(claims));
        foreach (var callers in fleet.Each)
        {
            var before = await callers.SendAsync(request, 200, context.ScenarioCancellationToken);
            if (before.IsError) return before;
        }

        if (!isWell() || !await revoker.TryRevokeAsync((string)claims["jti"]!)) return isWell() ? Response.Fail(statusCode: Unknown) : Response.Ok(statusCode: Unknown);
        return await Step.Run(Refused, context, async () =>
        {
            var watch = Stopwatch.StartNew();
            var statuses = await Task.WhenAll(fleet.Each.Select(callers => LastStatusAsync(callers, request, watch, context.ScenarioCancellationToken)));
            // One that a Redis lost before the gateways read it is lost.
            if (Array.TrueForAll(statuses, status => status == 401)) return Response.Ok(statusCode: "401");
            if (!isWell()) return Response.Ok(statusCode: Unknown);
            return Response.Fail(statusCode: string.Join(' ', statuses.Select(status => status.ToString(CultureInfo.InvariantCulture))));
        });
    }

    // A gateway ends requests that are under way when their token is revoked: that one had no answer, and the next one has.
    private static async Task<int> StatusAsync(Callers callers, ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        try
        {
            return await callers.StatusAsync(request, cancellation);
        }
        catch (Exception e) when (e is SocketException or InvalidDataException)
        {
            return CutOff;
        }
    }

    private static async Task<int> LastStatusAsync(Callers callers, ReadOnlyMemory<byte> request, Stopwatch watch, CancellationToken cancellation)
    {
        while (true)
        {
            var status = await StatusAsync(callers, request, cancellation);
            if (status is not (200 or CutOff) || watch.Elapsed > Patience) return status;
            await Task.Delay(Look, cancellation);
        }
    }
}
