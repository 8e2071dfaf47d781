using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Sallyport.Gateway.Proxy;
using Sallyport.Gateway.Revocation;
using Sallyport.Gateway.Tokens;
using Sallyport.Gateway.Trust;
using Sallyport.Gateway.Verification;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Proxy;

public sealed class ExpiryWatchTests
{
    private static readonly LocalKeys Keys = new(JwkSet.Of(), [], "nowhere");
    private static readonly TrustedIssuer Nobody = new(new TrustedIssuerOptions { Name = "n", Issuer = "i", Audiences = [], Keys = new() { Kind = KeySourceKind.Inline } }, [], Keys);

    private readonly FakeClock _clock = new();

    [Fact]
    public async Task Only_requests_under_way_whose_moment_has_come_are_ended()
    {
        using var watch = new ExpiryWatch(new RevocationCheck(new RevocationList(new RevocationOptions(), _clock, isShared: false)), _clock);
        var requests = Enumerable.Range(0, 2_000).Select(i => new Request(TimeSpan.FromMilliseconds(10 * i))).ToArray();
        await Task.WhenAll(requests.Select(r => Task.Run(() => r.Run(watch, _clock.GetUtcNow()))));

        // Every third ends by itself, in no order, while others are ended.
        var random = new Random(9110);
        foreach (var request in requests.Where((_, i) => i % 3 == 0).OrderBy(_ => random.Next())) request.Finish();
        await Task.WhenAll(requests.Where((_, i) => i % 3 == 0).Select(r => r.Ended));
        _clock.Advance(TimeSpan.FromSeconds(10));

        for (var i = 0; i < requests.Length; i++)
            Assert.Equal(i % 3 != 0 && i <= 1_000, requests[i].IsAborted);

        foreach (var request in requests) request.Finish();
        await Task.WhenAll(requests.Select(r => r.Ended));
        var aborted = requests.Count(r => r.IsAborted);
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(aborted, requests.Count(r => r.IsAborted));
    }

    private sealed class Request : IHttpRequestLifetimeFeature
    {
        private readonly TaskCompletionSource _finish = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly DefaultHttpContext _context = new();
        private readonly TimeSpan _life;

        public Request(TimeSpan life)
        {
            _life = life;
            _context.Features.Set<IHttpRequestLifetimeFeature>(this);
        }

        public bool IsAborted { get; private set; }

        public Task Ended { get; private set; } = Task.CompletedTask;

        public CancellationToken RequestAborted { get; set; }

        public void Run(ExpiryWatch watch, DateTimeOffset now) =>
            Ended = watch.ForwardAsync(new VerifiedToken(null!, Nobody, null!, null!, now + _life) { ConfirmedBy = Keys.Current.Keys }, _context, _ => _finish.Task);

        public void Finish() => _finish.TrySetResult();

        public void Abort() => IsAborted = true;
    }
}
