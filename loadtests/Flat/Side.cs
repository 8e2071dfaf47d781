using System.Text.Json.Nodes;

namespace Sallyport.LoadTests.Flat;

/// <summary>A gateway with little, or with much, of what a dimension counts.</summary>
/// <param name="Name">As in the table.</param>
/// <param name="Change">Makes the usual configuration into this one's.</param>
/// <param name="Requests">By kind, the same kinds on both sides: whole requests, sent in turn.</param>
internal sealed record Side(string Name, Action<JsonObject> Change, IReadOnlyDictionary<string, ReadOnlyMemory<byte>[]> Requests);
