using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Sallyport.Tests.Cli;

namespace Sallyport.Tests.Keys;

/// <summary>The shop of the verbs' tests, which also issues tokens.</summary>
internal static class IssuingShop
{
    public static string KeyFile(string folder, string name = "kek") => Path.Combine(folder, name);

    /// <summary>With a ring in a directory, and a key-encryption key that is made if it is not there.</summary>
    public static JsonObject Configuration(string folder, params string[] keyFiles)
    {
        if (keyFiles.Length == 0) keyFiles = ["kek"];
        foreach (var name in keyFiles)
            if (!File.Exists(KeyFile(folder, name))) File.WriteAllText(KeyFile(folder, name), Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)) + "\n");
        return With(new JsonObject
        {
            ["Store"] = "File",
            ["Directory"] = Path.Combine(folder, "ring"),
            ["KeyEncryptionKey"] = new JsonArray([.. keyFiles.Select(name => (JsonNode)new JsonObject { ["File"] = KeyFile(folder, name) })]),
        });
    }

    public static JsonObject InMemory() => With(new JsonObject { ["Store"] = "Memory" });

    private static JsonObject With(JsonObject keys)
    {
        var configuration = new Shop().Configuration();
        ((JsonObject)configuration["Sallyport"]!["TrustedIssuers"]!).Remove("partner");
        configuration["Sallyport"]!["Issuer"] = new JsonObject { ["Issuer"] = RingKit.Issuer, ["Keys"] = keys };
        return configuration;
    }
}
