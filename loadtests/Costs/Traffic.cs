using System.Text;

namespace Sallyport.LoadTests.Costs;

/// <summary>One kind of request to one proxy.</summary>
/// <param name="Name">As in the table.</param>
/// <param name="Proxy">The process whose CPU time, with its children's, is counted.</param>
/// <param name="Requests">Whole requests as bytes, sent in turn.</param>
internal sealed record Traffic(string Name, ChildProcess Proxy, IReadOnlyList<ReadOnlyMemory<byte>> Requests)
{
    /// <summary>A whole request.</summary>
    public static ReadOnlyMemory<byte> Get(string path, string? token)
    {
        var authorization = token is null ? "" : $"Authorization: Bearer {token}\r\n";
        return Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: load\r\nAccept: application/json\r\n{authorization}\r\n");
    }
}
