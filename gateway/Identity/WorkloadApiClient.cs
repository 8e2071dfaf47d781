using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Google.Protobuf;
using Sallyport.Gateway.Identity.Workload;

namespace Sallyport.Gateway.Identity;

/// <summary>Asks the SPIFFE Workload API for X.509-SVIDs: one gRPC call over HTTP/2 without TLS, answered by messages for as long as both sides live.</summary>
/// <remarks>
/// <code>
///   POST /SpiffeWorkloadAPI/FetchX509SVID       workload.spiffe.io: true    one empty message
///   200  application/grpc                       a message at once, and one more whenever something changes
///        grpc-status                            in the trailers, or in the headers when there is no message at all
/// </code>
/// </remarks>
internal sealed class WorkloadApiClient(WorkloadEndpoint endpoint)
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    private static readonly Uri Call = new("http://localhost/SpiffeWorkloadAPI/FetchX509SVID");

    // X509SVIDRequest has no fields: five bytes of frame around nothing.
    private static readonly byte[] EmptyMessage = new byte[5];

    /// <summary>How long the first message may take, which is due at once (SPIFFE Workload API, section 4.3).</summary>
    public TimeSpan FirstTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Hands over every message until the server ends the stream in good order.</summary>
    /// <param name="take">Called with one message after the other. What it throws ends the call and comes out of here.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="WorkloadApiException">It ended otherwise.</exception>
    public async Task StreamAsync(Action<X509SVIDResponse> take, CancellationToken cancellation)
    {
        using var first = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        first.CancelAfter(FirstTimeout);
        try
        {
            using var http = Open();
            using var request = Request();
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, first.Token);
            CheckAnswer(response);
            var messages = new GrpcMessages(await response.Content.ReadAsStreamAsync(first.Token));
            for (var message = await messages.NextAsync(first.Token); message is not null; message = await messages.NextAsync(cancellation))
                take(X509SVIDResponse.Parser.ParseFrom(message));
            var status = GrpcStatus.Find(response.TrailingHeaders) ?? throw new WorkloadApiException(WorkloadFault.Malformed, "its answer ended without a status");
            if (status.Failure() is { } failure) throw failure;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new WorkloadApiException(WorkloadFault.Away, "it does not answer");
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new WorkloadApiException(WorkloadFault.Malformed, "a message is no X509SVIDResponse", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            cancellation.ThrowIfCancellationRequested();
            throw new WorkloadApiException(WorkloadFault.Away, Words(e), e);
        }
    }

    private HttpClient Open()
    {
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = ConnectAsync,
            ConnectTimeout = ConnectTimeout,
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            // A span of this call would last as long as the process.
            ActivityHeadersPropagator = null,
        };
        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var isUnix = endpoint.Address is UnixDomainSocketEndPoint;
        var socket = new Socket(endpoint.Address.AddressFamily, SocketType.Stream, isUnix ? ProtocolType.Unspecified : ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(endpoint.Address, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static HttpRequestMessage Request()
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Call)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(EmptyMessage),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        // Without it an agent answers nobody: who makes some server fetch this address cannot set it.
        request.Headers.Add("workload.spiffe.io", "true");
        return request;
    }

    private static void CheckAnswer(HttpResponseMessage response)
    {
        if (response.StatusCode != HttpStatusCode.OK || response.Content.Headers.ContentType?.MediaType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) is not true)
            throw new WorkloadApiException(WorkloadFault.Malformed, $"its answer is not one of gRPC (HTTP status {(int)response.StatusCode})");
        if (GrpcStatus.Find(response.Headers)?.Failure() is { } failure) throw failure;
    }

    // HttpClient's own words name the host of the call, which nobody listens at.
    private static string Words(Exception e) => e.GetBaseException() is SocketException socket ? $"it cannot be reached: {socket.Message}" : "the connection broke";
}
