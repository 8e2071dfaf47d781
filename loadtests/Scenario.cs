namespace Sallyport.LoadTests;

/// <summary>One kind of request to one proxy.</summary>
/// <param name="Name">As in the table.</param>
/// <param name="Proxy">The process whose CPU time is counted.</param>
/// <param name="Requests">Whole requests as bytes, sent in turn.</param>
internal sealed record Scenario(string Name, ChildProcess Proxy, IReadOnlyList<ReadOnlyMemory<byte>> Requests);
