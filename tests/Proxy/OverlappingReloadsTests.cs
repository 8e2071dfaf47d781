using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sallyport.Gateway;
using Sallyport.Gateway.Telemetry;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Proxy;

public sealed class OverlappingReloadsTests
{
    [Fact]
    public async Task A_configuration_that_changes_while_it_is_read_comes_into_force_neither_mixed_nor_last()
    {
        await using var house = await House.OpenAsync();
        var services = house.Gateway.Services;
        var running = services.GetRequiredService<RunningConfiguration>();
        using var source = new HeldSource();
        source.Write(Asking(house, "first"));
        using var reloader = new ConfigurationReloader(
            new ConfigurationBuilder().Add(source).Build(),
            services.GetRequiredService<IHostEnvironment>(),
            running,
            TimeProvider.System,
            services.GetRequiredService<GatewayMetrics>(),
            services.GetRequiredService<ILogger<ConfigurationReloader>>());
        await reloader.StartAsync(CancellationToken.None);

        // Held where its policies were read and its routes were not.
        source.Hold();
        source.Change(Asking(house, "second"));
        await Poll.Until(() => source.IsHeld);
        source.Change(Asking(house, "third"));
        // Time enough for the further change to overtake, if it could.
        for (var i = 0; i < 20 && Scope(running) != "third"; i++) await Task.Delay(50);
        Assert.Equal("", Scope(running));
        source.Release();

        await Poll.Until(() => Scope(running) == "third");
        Assert.Equal(403, (int)(await house.Get("/any", house.Token(c => c["scope"] = "second"))).StatusCode);
        Assert.Equal(200, (int)(await house.Get("/any", house.Token(c => c["scope"] = "third"))).StatusCode);
        Assert.Single(house.Gateway.Logs.Entries, entry => entry.Message.Contains("is in force", StringComparison.Ordinal));
        await reloader.StopAsync(CancellationToken.None);
    }

    private static JsonObject Asking(House house, string scope)
    {
        var json = House.Configuration(house.Issuer, house.Upstream);
        json["Sallyport"]!["Policies"]!["any"] = new JsonObject { ["Scopes"] = new JsonObject { ["All"] = new JsonArray(scope) } };
        return json;
    }

    private static string Scope(RunningConfiguration running) =>
        running.Options!.Policies.Single(policy => policy.Name == "any").AllScopes is [var scope, ..] ? scope : "";

    /// <summary>A configuration whose reader can be held halfway.</summary>
    private sealed class HeldSource : ConfigurationProvider, IConfigurationSource, IDisposable
    {
        // Asked for by the reader of that section alone, after the policies and before the routes.
        private const string Halfway = "Sallyport:VerifiedTokens:MaxEntries";

        private readonly ManualResetEventSlim _latch = new(initialState: true);
        private int _next;

        public bool IsHeld { get; private set; }

        public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

        public void Write(JsonObject json) => Data = new ConfigurationBuilder()
            .AddJsonStream(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(json.ToJsonString()))).Build()
            .AsEnumerable().Where(pair => pair.Value is not null).ToDictionary(StringComparer.OrdinalIgnoreCase);

        public void Change(JsonObject json)
        {
            Write(json);
            OnReload();
        }

        /// <summary>Holds the next reader.</summary>
        public void Hold()
        {
            _latch.Reset();
            Volatile.Write(ref _next, 1);
        }

        public void Release() => _latch.Set();

        public override bool TryGet(string key, out string? value)
        {
            if (key.Equals(Halfway, StringComparison.OrdinalIgnoreCase) && Interlocked.Exchange(ref _next, 0) == 1)
            {
                IsHeld = true;
                _latch.Wait(TimeSpan.FromSeconds(30));
            }

            return base.TryGet(key, out value);
        }

        public void Dispose() => _latch.Dispose();
    }
}
