namespace Sallyport.Tests.Federation;

/// <summary>What STS answers instead of a session.</summary>
internal sealed class StsRefusal(string code, string message) : Exception($"{code}: {message}")
{
    public string Code { get; } = code;
}
