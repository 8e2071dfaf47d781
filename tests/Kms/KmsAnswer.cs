using System.Text.Json.Nodes;

namespace Sallyport.Tests.Kms;

/// <summary>An answer of AWS KMS: JSON, or whatever else a test wants to be sent.</summary>
internal sealed record KmsAnswer(int Status, string Body)
{
    /// <summary>Before it is sent; it ends when the client goes away.</summary>
    public TimeSpan Delay { get; init; }

    public static KmsAnswer Of(JsonObject body) => new(200, body.ToJsonString());

    public static KmsAnswer Error(string code, int status = 400) => new(status, new JsonObject { ["__type"] = code, ["message"] = "no" }.ToJsonString());
}
