using System.Text.Json.Nodes;

namespace Sallyport.Tests.Kms;

/// <summary>What a <see cref="KmsServer"/> was asked.</summary>
internal sealed record KmsRequest(string Operation, JsonObject Body)
{
    public string KeyId => (string?)Body[nameof(KeyId)] ?? (string?)Body["TargetKeyId"] ?? "";
}
