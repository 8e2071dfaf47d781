using System.Collections.Concurrent;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Sallyport.Tests.Support;

/// <summary>A real OTLP receiver on loopback: protobuf over HTTP/1.1, or gRPC where it is started with HTTP/2.</summary>
/// <remarks>Field numbers are those of opentelemetry-proto 1.x (trace.proto, metrics.proto, logs.proto, common.proto, resource.proto).</remarks>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private const string Traces = "traces";
    private const string Metrics = "metrics";
    private const string Logs = "logs";
    private const int GrpcPrefixBytes = 5;

    private readonly ConcurrentQueue<(string Signal, byte[] Body)> _received = new();
    private LoopbackServer _server = null!;

    public string Url => _server.Url;

    /// <summary>The path of every request so far.</summary>
    public ConcurrentQueue<string> Paths { get; } = new();

    public IReadOnlyList<byte[]> Bodies => [.. _received.Select(r => r.Body)];

    /// <summary>Attributes of every resource that sent something.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, string>> Resources =>
        [.. _received.SelectMany(r => ProtoMessage.Read(r.Body).All(1, 1)).Select(resource => Attributes(resource, 1))];

    public IReadOnlyList<OtlpSpan> Spans =>
    [
        .. from scope in Scopes(Traces)
           from span in scope.All(2)
           select new OtlpSpan(ScopeName(scope), span.Text(5), Hex(span.Bytes(1)), Hex(span.Bytes(2)), Hex(span.Bytes(4)), Attributes(span, 9)),
    ];

    public IReadOnlyList<OtlpPoint> Points =>
    [
        .. from scope in Scopes(Metrics)
           from metric in scope.All(2)
           from point in PointsOf(metric)
           select new OtlpPoint(ScopeName(scope), metric.Text(1), metric.Text(3), point.Value, point.Labels),
    ];

    public IReadOnlyList<OtlpLog> LogRecords =>
    [
        .. from scope in Scopes(Logs)
           from record in scope.All(2)
           select new OtlpLog(ScopeName(scope), record.Text(3), Value(record.All(5).FirstOrDefault()), Hex(record.Bytes(9)), Attributes(record, 6)),
    ];

    public static async Task<OtlpReceiver> StartAsync(HttpProtocols protocols = HttpProtocols.Http1)
    {
        var receiver = new OtlpReceiver();
        receiver._server = await LoopbackServer.StartAsync(receiver.Answer, protocols);
        return receiver;
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    private async Task Answer(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        Paths.Enqueue(path);
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        switch (path)
        {
            case "/v1/traces" or "/v1/metrics" or "/v1/logs" when context.Request.ContentType == "application/x-protobuf":
                _received.Enqueue((path["/v1/".Length..], body.ToArray()));
                context.Response.ContentType = "application/x-protobuf";
                return;
            case var _ when context.Request.ContentType == "application/grpc" && SignalOf(path) is { } signal:
                _received.Enqueue((signal, body.ToArray()[GrpcPrefixBytes..]));
                context.Response.ContentType = "application/grpc";
                // An empty message of no bytes, and the status that says that it went well.
                await context.Response.Body.WriteAsync(new byte[GrpcPrefixBytes]);
                context.Response.AppendTrailer("grpc-status", "0");
                return;
            default:
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return;
        }
    }

    private static string? SignalOf(string path) => path switch
    {
        "/opentelemetry.proto.collector.trace.v1.TraceService/Export" => Traces,
        "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export" => Metrics,
        "/opentelemetry.proto.collector.logs.v1.LogsService/Export" => Logs,
        _ => null,
    };

    // Export*ServiceRequest.resource_* = 1, Resource*.scope_* = 2
    private IEnumerable<ProtoMessage> Scopes(string signal) =>
        _received.Where(r => r.Signal == signal).SelectMany(r => ProtoMessage.Read(r.Body).All(1, 2));

    private static string ScopeName(ProtoMessage scope) => scope.All(1).FirstOrDefault()?.Text(1) ?? "";

    private static IEnumerable<(double Value, IReadOnlyDictionary<string, string> Labels)> PointsOf(ProtoMessage metric)
    {
        // gauge = 5, sum = 7: NumberDataPoint as_double = 4, as_int = 6, attributes = 7
        foreach (var point in metric.All(5, 1).Concat(metric.All(7, 1)))
            yield return (point.Number(4) is { } bits ? BitConverter.UInt64BitsToDouble(bits) : point.Number(6) ?? 0, Attributes(point, 7));
        // histogram = 9: HistogramDataPoint sum = 5, attributes = 9
        foreach (var point in metric.All(9, 1))
            yield return (BitConverter.UInt64BitsToDouble(point.Number(5) ?? 0), Attributes(point, 9));
    }

    private static Dictionary<string, string> Attributes(ProtoMessage message, int field)
    {
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in message.All(field)) attributes[pair.Text(1)] = Value(pair.All(2).FirstOrDefault());
        return attributes;
    }

    // AnyValue: string = 1, bool = 2, int = 3, double = 4
    private static string Value(ProtoMessage? value)
    {
        if (value is null) return "";
        if (value.Number(2) is { } flag) return flag == 0 ? "false" : "true";
        if (value.Number(3) is { } number) return ((long)number).ToString();
        if (value.Number(4) is { } bits) return BitConverter.UInt64BitsToDouble(bits).ToString();
        return value.Text(1);
    }

    private static string Hex(ByteString bytes) => Convert.ToHexStringLower(bytes.Span);
}
