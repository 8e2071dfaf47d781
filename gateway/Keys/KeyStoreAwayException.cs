namespace Sallyport.Gateway.Keys;

/// <summary>The store did not answer, or refused. Whether a write that was under way was done is not known.</summary>
internal sealed class KeyStoreAwayException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Whether waiting does not help: an operator must see to it.</summary>
    public bool IsPermanent { get; init; }

    /// <summary>What is away, where it is not the store itself but what the keys are made in; null for the store.</summary>
    public string? Place { get; init; }
}
