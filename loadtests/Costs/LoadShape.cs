namespace Sallyport.LoadTests.Costs;

/// <summary>How much load a run makes.</summary>
/// <param name="Rounds">Rounds over all lines.</param>
/// <param name="Requests">Requests of one line in one round.</param>
/// <param name="Connections">Keep-alive connections, each with one request under way (closed loop).</param>
internal sealed record LoadShape(int Rounds, int Requests, int Connections);
