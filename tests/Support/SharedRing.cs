using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Sallyport.Tests.Support;

/// <summary>Configurations of <c>Issuer:Keys</c> for a ring that several processes share.</summary>
internal static class SharedRing
{
    /// <summary>In a directory below <paramref name="folder"/>, sealed with a key beside it.</summary>
    public static JsonObject InDirectory(string folder, string poll = "00:05:00")
    {
        var secret = Path.Combine(folder, "key-encryption-key");
        if (!File.Exists(secret)) File.WriteAllText(secret, Convert.ToHexString(RandomNumberGenerator.GetBytes(32)));
        return new JsonObject
        {
            ["Store"] = "File",
            ["Directory"] = Path.Combine(folder, "ring"),
            ["KeyEncryptionKey"] = new JsonObject { ["File"] = secret },
            ["Poll"] = poll,
        };
    }
}
