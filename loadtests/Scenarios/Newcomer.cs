using System.Diagnostics;
using System.Globalization;
using NBomber.Contracts;
using NBomber.CSharp;

namespace Sallyport.LoadTests.Scenarios;

/// <summary>A user whose token names a key that the gateway does not have yet, and who tries until it passes.</summary>
/// <param name="callers">Where the requests come from.</param>
/// <param name="requests">With tokens of that key.</param>
/// <param name="meanwhile">The status that is right until the gateway has the key.</param>
internal sealed class Newcomer(Callers callers, SignedRequests requests, int meanwhile)
{
    private long _published;
    private long _passed;
    private int _last;

    /// <summary>Of the answer that came last.</summary>
    public int LastStatus => Volatile.Read(ref _last);

    /// <summary>From the publication of the key to the first request that passed; null while there is none.</summary>
    public TimeSpan? Waited =>
        Volatile.Read(ref _published) is > 0 and var published && Volatile.Read(ref _passed) is > 0 and var passed
            ? Stopwatch.GetElapsedTime(published, passed)
            : null;

    /// <summary>The issuer is about to publish the key.</summary>
    public void Published() => Volatile.Write(ref _published, Stopwatch.GetTimestamp());

    public async Task<IResponse> TryAsync(IScenarioContext context)
    {
        var status = await callers.StatusAsync(requests.Next(), context.ScenarioCancellationToken);
        Volatile.Write(ref _last, status);
        var code = status.ToString(CultureInfo.InvariantCulture);
        if (status == 200) Interlocked.CompareExchange(ref _passed, Stopwatch.GetTimestamp(), 0);
        return status == 200 || status == meanwhile ? Response.Ok(statusCode: code) : Response.Fail(statusCode: code);
    }
}
