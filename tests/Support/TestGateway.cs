using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sallyport.Gateway;
using Sallyport.Gateway.Configuration;
using Xunit.Sdk;

namespace Sallyport.Tests.Support;

/// <summary>The gateway itself, whole, in this process: read from JSON as from a file, listening on a port of its own.</summary>
internal sealed class TestGateway : IFrontDoor
{
    private readonly IHost _host;
    private readonly JsonText _source;

    private TestGateway(IHost host, JsonText source, LogSink logs)
    {
        (_host, _source, Logs) = (host, source, logs);
        Url = host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
    }

    public string Url { get; }

    public string? Authorization { get; init; }

    public LogSink Logs { get; }

    public IServiceProvider Services => _host.Services;

    /// <summary>Starts it. Ports that the JSON does not name are chosen freely.</summary>
    public static async Task<TestGateway> StartAsync(JsonObject json, TimeProvider? clock = null, string environment = "Development", string? authorization = null)
    {
        json = (JsonObject)json.DeepClone();
        if (json["Kestrel"]?["Endpoints"] is null) json["Urls"] ??= "http://127.0.0.1:0";
        var sallyport = (JsonObject)(json["Sallyport"] ??= new JsonObject());
        sallyport["Admin"] ??= AnyPort();

        var source = new JsonText(json.ToJsonString());
        var configuration = new ConfigurationBuilder().Add(source).Build();
        var contentRoot = AppContext.BaseDirectory;
        var reading = GatewayConfiguration.Read(configuration, environment, contentRoot);
        if (reading.Options is not { } options) throw new XunitException(string.Join('\n', reading.Mistakes));

        var logs = new LogSink();
        var host = GatewayHost.Build(configuration, options, environment, contentRoot, services =>
        {
            services.AddSingleton<ILoggerProvider>(logs);
            if (clock is not null) services.AddSingleton(clock);
        });
        await host.StartAsync();
        return new TestGateway(host, source, logs) { Authorization = authorization };
    }

    /// <summary>Changes the configuration as an edited file would.</summary>
    public void Change(JsonObject json)
    {
        json = (JsonObject)json.DeepClone();
        ((JsonObject)json["Sallyport"]!)["Admin"] ??= AnyPort();
        _source.Change(json.ToJsonString());
    }

    // Admin:Url
    private static JsonObject AnyPort() => (JsonObject)JsonNode.Parse("""{ "Url": "http://127.0.0.1:0" }""")!;

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(new CancellationToken(canceled: true));
        _host.Dispose();
    }

    private sealed class JsonText(string json) : IConfigurationSource
    {
        private readonly Provider _provider = new(json);

        public IConfigurationProvider Build(IConfigurationBuilder builder) => _provider;

        public void Change(string json) => _provider.Change(json);

        private sealed class Provider(string json) : JsonStreamConfigurationProvider(new JsonStreamConfigurationSource())
        {
            private string _json = json;

            public override void Load()
            {
                using var stream = new MemoryStream(Encoding.UTF8.GetBytes(_json));
                Load(stream);
            }

            public void Change(string json)
            {
                _json = json;
                Load();
                OnReload();
            }
        }
    }
}
