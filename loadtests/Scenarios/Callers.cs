using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using NBomber.Contracts;
using NBomber.CSharp;

namespace Sallyport.LoadTests.Scenarios;

/// <summary>Who calls one server: keep-alive connections, as many as there are requests under way at most.</summary>
/// <param name="server">Whom they call.</param>
/// <param name="from">The address that it sees; the system's choice where not given.</param>
/// <param name="most">So many connections are opened, and no more are kept after a rush; where not given 64, and all.</param>
internal sealed class Callers(EndPoint server, IPAddress? from = null, int? most = null) : IDisposable
{
    private const int Connections = 64;

    private readonly ConcurrentQueue<Connection> _idle = new();

    /// <summary>
    /// A scenario of single requests, without warm-up unless told; its connections are opened before and closed after it. Any other status is a failure,
    /// and its code.
    /// </summary>
    /// <param name="name">The scenario's name.</param>
    /// <param name="next">The next request, whole.</param>
    /// <param name="expected">The status that is good.</param>
    public ScenarioProps Scenario(string name, Func<ReadOnlyMemory<byte>> next, int expected = 200) =>
        NBomber.CSharp.Scenario.Create(name, async context => await SendAsync(next(), expected, context.ScenarioCancellationToken))
            .WithoutWarmUp()
            .WithInit(_ => OpenAsync(CancellationToken.None))
            .WithClean(_ =>
            {
                Dispose();
                return Task.CompletedTask;
            });

    public async Task OpenAsync(CancellationToken cancellation)
    {
        for (var i = 0; i < (most ?? Connections); i++) _idle.Enqueue(await Connection.OpenAsync(server, cancellation, from));
    }

    public async Task<Response<object>> SendAsync(ReadOnlyMemory<byte> request, int expected, CancellationToken cancellation)
    {
        var (status, bytes) = await ExchangeAsync(request, cancellation);
        var code = status.ToString(CultureInfo.InvariantCulture);
        return status == expected ? Response.Ok(statusCode: code, sizeBytes: bytes) : Response.Fail(statusCode: code, sizeBytes: bytes);
    }

    /// <summary>Sends one request over a connection that nobody uses, and returns the status of its answer.</summary>
    public async Task<int> StatusAsync(ReadOnlyMemory<byte> request, CancellationToken cancellation) => (await ExchangeAsync(request, cancellation)).Status;

    public void Dispose()
    {
        while (_idle.TryDequeue(out var connection)) connection.Dispose();
    }

    private async Task<(int Status, int Bytes)> ExchangeAsync(ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        if (!_idle.TryDequeue(out var connection)) connection = await Connection.OpenAsync(server, cancellation, from);
        try
        {
            var status = await connection.ExchangeAsync(request, cancellation);
            var bytes = connection.AnswerBytes;
            if (_idle.Count < (most ?? int.MaxValue)) _idle.Enqueue(connection);
            else connection.Dispose();
            return (status, bytes);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
