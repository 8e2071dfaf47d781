using System.Text.Json.Nodes;
using Sallyport.Tests.Support;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace Sallyport.Tests.Deploy;

/// <summary>The repository's docker-compose.yml, anchors and merge keys resolved. All scalars are strings.</summary>
internal sealed class ComposeFile
{
    private ComposeFile(string text, JsonObject root) => (Text, Root) = (text, root);

    public static string Path { get; } = System.IO.Path.Combine(RepositoryFolder.Path, "docker-compose.yml");

    public string Text { get; }

    public JsonObject Root { get; }

    public IReadOnlyDictionary<string, JsonObject> Services => Root["services"]!.AsObject().ToDictionary(service => service.Key, service => service.Value!.AsObject());

    public static ComposeFile Read()
    {
        var text = File.ReadAllText(Path);
        var document = new DeserializerBuilder().Build().Deserialize<object>(new MergingParser(new Parser(new StringReader(text))));
        return new ComposeFile(text, Node(document)!.AsObject());
    }

    /// <summary>The variables of a service.</summary>
    public IReadOnlyDictionary<string, string> Environment(string service) =>
        Services[service]["environment"]?.AsObject().ToDictionary(variable => variable.Key, variable => (string)variable.Value!) ?? [];

    /// <summary>Words of the service's command.</summary>
    public IReadOnlyList<string> Command(string service) => Strings(Services[service]["command"]);

    /// <summary>Files of this repository that the service has, and where: path in the repository, path in the container.</summary>
    public IReadOnlyList<(string Source, string Target)> Mounts(string service) =>
    [
        .. Strings(Services[service]["volumes"])
            .Select(volume => volume.Split(':'))
            .Where(parts => parts[0].StartsWith("./", StringComparison.Ordinal))
            .Select(parts => (System.IO.Path.Combine(RepositoryFolder.Path, parts[0][2..]), parts[1])),
    ];

    /// <summary>The file that the service sees at this path of its container.</summary>
    public string Mounted(string service, string target) => File.ReadAllText(Mounts(service).Single(mount => mount.Target == target).Source);

    public IReadOnlyList<string> Secrets(string service) => Strings(Services[service]["secrets"]);

    /// <summary>The health check's words, as the container gets them: in a compose file <c>$$</c> means <c>$</c>.</summary>
    public IReadOnlyList<string> HealthCheck(string service) =>
        [.. Strings(Services[service]["healthcheck"]?["test"]).Select(word => word.Replace("$$", "$", StringComparison.Ordinal))];

    public static IReadOnlyList<string> Strings(JsonNode? list) => [.. list?.AsArray().Select(item => (string)item!) ?? []];

    private static JsonNode? Node(object? value) => value switch
    {
        IDictionary<object, object> map => new JsonObject(map.Select(entry => KeyValuePair.Create((string)entry.Key, Node(entry.Value)))),
        IEnumerable<object> list => new JsonArray([.. list.Select(Node)]),
        null or "" => null,
        _ => JsonValue.Create((string)value),
    };
}
