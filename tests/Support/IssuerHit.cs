namespace Sallyport.Tests.Support;

/// <summary>One request that an issuer received.</summary>
internal sealed record IssuerHit(DateTimeOffset At, string Path, IReadOnlyDictionary<string, string> Headers);
