using System.Globalization;
using System.Net;
using NBomber.Contracts;
using NBomber.CSharp;

namespace Sallyport.LoadTests.Scenarios;

/// <summary>Who calls several gateways, one after another in turn.</summary>
/// <param name="gateways">Whom they call.</param>
/// <param name="most">Connections to each, as of <see cref="Callers"/>.</param>
/// <param name="from">The address that they see.</param>
internal sealed class Fleet(IReadOnlyList<GatewayProcess> gateways, int? most = null, IPAddress? from = null) : IDisposable
{
    private readonly Callers[] _callers = [.. gateways.Select(gateway => new Callers(gateway.EndPoint, from, most))];
    private int _next;

    /// <summary>Those of each gateway by themselves.</summary>
    public IReadOnlyList<Callers> Each => _callers;

    /// <summary>A scenario of single requests without warm-up; any other status is a failure, and its code.</summary>
    /// <param name="name">The scenario's name.</param>
    /// <param name="next">The next request, whole.</param>
    /// <param name="expected">The statuses that are good.</param>
    public ScenarioProps Scenario(string name, Func<ReadOnlyMemory<byte>> next, params int[] expected) =>
        NBomber.CSharp.Scenario.Create(name, async context => await SendAsync(next(), context.ScenarioCancellationToken, expected))
            .WithoutWarmUp()
            .WithInit(_ => OpenAsync(CancellationToken.None));

    public async Task OpenAsync(CancellationToken cancellation)
    {
        foreach (var callers in _callers) await callers.OpenAsync(cancellation);
    }

    public async Task<Response<object>> SendAsync(ReadOnlyMemory<byte> request, CancellationToken cancellation, params int[] expected)
    {
        var status = await _callers[(uint)Interlocked.Increment(ref _next) % (uint)_callers.Length].StatusAsync(request, cancellation);
        var code = status.ToString(CultureInfo.InvariantCulture);
        return expected.Contains(status) ? Response.Ok(statusCode: code) : Response.Fail(statusCode: code);
    }

    public void Dispose()
    {
        foreach (var callers in _callers) callers.Dispose();
    }
}
