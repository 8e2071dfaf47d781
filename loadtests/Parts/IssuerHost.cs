using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Sallyport.LoadTests.Parts;

/// <summary>The trusted issuer of a scenario, on a free port: it publishes a JWK Set that changes at will, counts who asks, and can be ill.</summary>
/// <remarks>Runs in the process that makes the load: it is asked seldom.</remarks>
internal sealed class IssuerHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly List<TokenKey> _made = [];
    private byte[] _document = [];
    private int _fetches;
    private int _serial;
    private volatile IssuerCondition _condition;

    private IssuerHost(WebApplication app) => _app = app;

    /// <summary>The <c>iss</c> of its tokens.</summary>
    public string Url { get; private set; } = "";

    public string JwksUri => Url + "/jwks";

    /// <summary>The keys that it publishes now, the newest first.</summary>
    public IReadOnlyList<TokenKey> Keys { get; private set; } = [];

    /// <summary>How often it was asked for its keys, whatever the answer was.</summary>
    public int Fetches => Volatile.Read(ref _fetches);

    public IssuerCondition Condition
    {
        get => _condition;
        set => _condition = value;
    }

    /// <summary>Publishes one key for each of these algorithms.</summary>
    public static async Task<IssuerHost> StartAsync(CancellationToken cancellation, params string[] algorithms)
    {
        var issuer = new IssuerHost(PlainServer.Build());
        issuer._app.Run(issuer.AnswerAsync);
        issuer.Publish([.. algorithms.Select(issuer.NewKey)]);
        await issuer._app.StartAsync(cancellation);
        issuer.Url = issuer._app.Urls.Single();
        return issuer;
    }

    /// <summary>Makes a key that is not published yet.</summary>
    public TokenKey NewKey(string algorithm)
    {
        lock (_made)
        {
            var key = new TokenKey(algorithm, $"{algorithm}-{_made.Count + 1}");
            _made.Add(key);
            return key;
        }
    }

    /// <summary>From now on these are its keys, and no others.</summary>
    public void Publish(IReadOnlyList<TokenKey> keys)
    {
        var set = new JsonObject { ["keys"] = new JsonArray([.. keys.Select(k => k.PublicJwk())]) };
        Volatile.Write(ref _document, Encoding.UTF8.GetBytes(set.ToJsonString()));
        Keys = keys;
    }

    /// <summary>A token of an ordinary employee, unlike every other one.</summary>
    public string Token(TokenKey key) => key.Sign(Claims());

    /// <summary>What such a token says, to be changed and signed.</summary>
    public JsonObject Claims() => TokenForge.Claims(Url, Interlocked.Increment(ref _serial));

    public async ValueTask DisposeAsync()
    {
        await PlainServer.StopNowAsync(_app);
        foreach (var key in _made) key.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Path.Value is not "/jwks")
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        Interlocked.Increment(ref _fetches);
        switch (Condition)
        {
            case IssuerCondition.Hangs:
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
                return;
            case IssuerCondition.Fails:
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                return;
            case IssuerCondition.Drops:
                context.Abort();
                return;
            default:
                context.Response.ContentType = "application/json";
                await context.Response.Body.WriteAsync(Volatile.Read(ref _document), context.RequestAborted);
                return;
        }
    }
}
