using System.Globalization;
using System.Net.Http.Headers;

namespace Sallyport.Gateway.Identity;

/// <summary>How a gRPC call ended: <c>grpc-status</c> and <c>grpc-message</c>, in the trailers, or in the headers where there is no message.</summary>
/// <param name="Code">0 where all went well.</param>
/// <param name="Message">What the server says about it, cleaned for people.</param>
internal sealed record GrpcStatus(int Code, string? Message)
{
    private const int MostCharacters = 200;
    private const int InvalidArgument = 3;
    private const int PermissionDenied = 7;
    private const int Unimplemented = 12;
    private const int Unavailable = 14;

    /// <summary>Null when there is none.</summary>
    public static GrpcStatus? Find(HttpResponseHeaders headers)
    {
        if (!headers.TryGetValues("grpc-status", out var codes) || !int.TryParse(codes.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var code)) return null;
        return new GrpcStatus(code, headers.TryGetValues("grpc-message", out var messages) ? Clean(messages.First()) : null);
    }

    /// <summary>What it means to a workload (SPIFFE Workload Endpoint, section 6); null where all went well.</summary>
    public WorkloadApiException? Failure()
    {
        var said = string.IsNullOrEmpty(Message) ? "" : $": \"{Message}\"";
        return Code switch
        {
            0 => null,
            PermissionDenied => new(WorkloadFault.Denied, $"it has no identity for this process; is it registered, with selectors that fit? (PermissionDenied{said})"),
            InvalidArgument => new(WorkloadFault.Misunderstood, $"it does not accept the call; is something between that takes headers away? (InvalidArgument{said})"),
            Unimplemented => new(WorkloadFault.Misunderstood, $"what listens there is no Workload API (Unimplemented{said})"),
            Unavailable => new(WorkloadFault.Away, $"it is not ready (Unavailable{said})"),
            _ => new(WorkloadFault.Away, string.Create(CultureInfo.InvariantCulture, $"it failed (gRPC status {Code}{said})")),
        };
    }

    private static string Clean(string message)
    {
        var text = message.Length > 4 * MostCharacters ? message[..(4 * MostCharacters)] : message;
        var clean = new string([.. Uri.UnescapeDataString(text).Select(c => c is >= ' ' and <= '~' and not '"' ? c : '?')]);
        return clean.Length > MostCharacters ? clean[..MostCharacters] : clean;
    }
}
