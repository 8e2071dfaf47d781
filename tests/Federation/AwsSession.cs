namespace Sallyport.Tests.Federation;

/// <summary>The session of a role, with its tags.</summary>
internal sealed record AwsSession(string RoleArn, IReadOnlyDictionary<string, string> Tags, IReadOnlyList<string> TransitiveKeys);
