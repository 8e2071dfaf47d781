using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Sallyport.LoadTests.Parts;

/// <summary>A service that takes a while for each answer, and for paths that end with <c>never</c> has none.</summary>
internal sealed class SlowUpstream : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly TimeSpan _delay;
    private int _now;
    private int _most;

    private SlowUpstream(WebApplication app, TimeSpan delay) => (_app, _delay) = (app, delay);

    public string Url { get; private set; } = "";

    /// <summary>The most requests that it had at once.</summary>
    public int Most => Volatile.Read(ref _most);

    public static async Task<SlowUpstream> StartAsync(TimeSpan delay, CancellationToken cancellation)
    {
        var upstream = new SlowUpstream(PlainServer.Build(), delay);
        upstream._app.Run(upstream.AnswerAsync);
        await upstream._app.StartAsync(cancellation);
        upstream.Url = upstream._app.Urls.Single();
        return upstream;
    }

    public async ValueTask DisposeAsync() => await PlainServer.StopNowAsync(_app);

    private async Task AnswerAsync(HttpContext context)
    {
        var now = Interlocked.Increment(ref _now);
        for (var most = Most; now > most; most = Most) Interlocked.CompareExchange(ref _most, now, most);
        try
        {
            var isNever = context.Request.Path.Value!.EndsWith("never", StringComparison.Ordinal);
            await Task.Delay(isNever ? Timeout.InfiniteTimeSpan : _delay, context.RequestAborted);
            context.Response.ContentLength = 0;
        }
        catch (OperationCanceledException)
        {
            // Nobody waits any more.
        }
        finally
        {
            Interlocked.Decrement(ref _now);
        }
    }
}
