using System.Text.Json.Nodes;

namespace Sallyport.LoadTests.Flat;

/// <summary>Something that a gateway may have few or many of, which a request's cost must not depend on.</summary>
/// <param name="Name">As in the table.</param>
/// <param name="Few">A small number of them.</param>
/// <param name="Many">A large one.</param>
/// <param name="Prepare">Puts so many into a gateway's configuration, and returns requests that are spread over all of them.</param>
internal sealed record Dimension(string Name, int Few, int Many, Func<JsonObject, int, IReadOnlyList<ReadOnlyMemory<byte>>> Prepare);
