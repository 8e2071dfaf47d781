using System.Collections.Concurrent;
using System.Diagnostics;

namespace Sallyport.Tests.Fleet;

/// <summary>A steady stream of requests to all replicas in turn, until it is stopped. What it gets is recorded, never asserted.</summary>
internal sealed class Load : IAsyncDisposable
{
    private const int MostInFlight = 64;
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(10);

    private readonly GatewayFleet _fleet;
    private readonly Func<string> _token;
    private readonly string _path;
    private readonly int _perSecond;
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly ConcurrentQueue<LoadAnswer> _answers = new();
    private readonly SemaphoreSlim _slots = new(MostInFlight);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _sending;

    private Load(GatewayFleet fleet, Func<string> token, int perSecond, string path)
    {
        (_fleet, _token, _perSecond, _path) = (fleet, token, perSecond, path);
        _sending = Task.Run(Send);
    }

    /// <summary>Answers so far.</summary>
    public int Answered => _answers.Count;

    /// <summary>Since it began.</summary>
    public TimeSpan Elapsed => _watch.Elapsed;

    /// <summary>Begins to send.</summary>
    /// <param name="fleet">Its replicas are asked in turn.</param>
    /// <param name="token">Asked for the token of each request.</param>
    /// <param name="perSecond">The most requests in a second; fewer when answers are slow, for only so many are under way at once.</param>
    /// <param name="path">Of each request.</param>
    public static Load Start(GatewayFleet fleet, Func<string> token, int perSecond = 200, string path = "/any") => new(fleet, token, perSecond, path);

    /// <summary>The same few tokens again and again: what replicas have verified before.</summary>
    public static Load OfKnownTokens(GatewayFleet fleet, FleetIssuer issuer, int perSecond = 200)
    {
        var tokens = Enumerable.Range(0, 10).Select(_ => issuer.Token()).ToArray();
        var next = 0;
        return Start(fleet, () => tokens[Interlocked.Increment(ref next) % tokens.Length], perSecond);
    }

    /// <summary>Waits until so many more requests were answered: the load has met what the test just did.</summary>
    public Task Goes(int on = 50)
    {
        var target = Answered + on;
        return Support.Poll.Until(() => Answered >= target, TimeSpan.FromSeconds(60), $"{on} more requests are answered");
    }

    /// <summary>Sends no more, waits for what is under way, and tells what came.</summary>
    public async Task<LoadTally> StopAsync()
    {
        await _end.CancelAsync();
        await _sending;
        for (var slot = 0; slot < MostInFlight; slot++) await _slots.WaitAsync();
        return new LoadTally([.. _answers], _fleet.Story());
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _sending;
    }

    private async Task Send()
    {
        using var timer = new PeriodicTimer(Beat);
        long sent = 0;
        long skipped = 0;
        while (!_end.IsCancellationRequested)
        {
            while (sent + skipped < (long)(_watch.Elapsed.TotalSeconds * _perSecond) && !_end.IsCancellationRequested)
            {
                // A slot that is not free in time is a request less, not a burst later.
                if (await _slots.WaitAsync(Beat)) _ = Ask(_fleet.Replicas[(int)(sent++ % _fleet.Replicas.Count)]);
                else skipped++;
            }

            await timer.WaitForNextTickAsync();
        }
    }

    private async Task Ask(Replica replica)
    {
        await Task.Yield();
        var at = _watch.Elapsed;
        try
        {
            using var answer = await replica.Get(_token(), _path);
            var text = answer.IsSuccessStatusCode ? "" : await answer.Content.ReadAsStringAsync();
            _answers.Enqueue(new LoadAnswer(at, replica.Number, (int)answer.StatusCode, text, _watch.Elapsed - at));
        }
#pragma warning disable CA1031 // Whatever went wrong is part of the tally.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _answers.Enqueue(new LoadAnswer(at, replica.Number, 0, e.Message, _watch.Elapsed - at));
        }
        finally
        {
            _slots.Release();
        }
    }
}
