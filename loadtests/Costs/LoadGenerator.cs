using System.Diagnostics;

namespace Sallyport.LoadTests.Costs;

/// <summary>A closed loop over HTTP/1.1: each connection sends its next request when it has the answer to the last.</summary>
internal sealed class LoadGenerator : IAsyncDisposable
{
    private readonly Traffic _traffic;
    private readonly Connection[] _connections;

    private LoadGenerator(Traffic traffic, Connection[] connections) => (_traffic, _connections) = (traffic, connections);

    public Traffic Traffic => _traffic;

    public static async Task<LoadGenerator> ConnectAsync(Traffic traffic, int connections, CancellationToken cancellation)
    {
        var opened = new Connection[connections];
        for (var i = 0; i < connections; i++) opened[i] = await Connection.OpenAsync(traffic.Proxy.EndPoint, cancellation);
        return new LoadGenerator(traffic, opened);
    }

    /// <summary>Sends so many requests, and returns what they cost.</summary>
    /// <exception cref="InvalidDataException">An answer is not 200.</exception>
    public async Task<Sample> RunAsync(int count, CancellationToken cancellation, int first = 0)
    {
        var took = new long[count];
        var next = -1;
        var cpu = _traffic.Proxy.Cpu();
        var begun = Stopwatch.GetTimestamp();
        await Task.WhenAll(_connections.Select(Drive));
        var seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        cpu = _traffic.Proxy.Cpu() - cpu;

        Array.Sort(took);
        return new Sample(cpu / count, count / seconds, Milliseconds(took[count / 2]), Milliseconds(took[(int)(count * 0.99)]), Milliseconds(took[(int)(count * 0.999)]));

        async Task Drive(Connection connection)
        {
            for (var i = Interlocked.Increment(ref next); i < count; i = Interlocked.Increment(ref next))
            {
                var sent = Stopwatch.GetTimestamp();
                var status = await connection.ExchangeAsync(_traffic.Requests[(first + i) % _traffic.Requests.Count], cancellation);
                took[i] = Stopwatch.GetTimestamp() - sent;
                if (status != 200) throw new InvalidDataException($"{_traffic.Name}: answered with {status}.");
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        foreach (var connection in _connections) connection.Dispose();
        return ValueTask.CompletedTask;
    }

    private static double Milliseconds(long ticks) => ticks * 1000.0 / Stopwatch.Frequency;
}
