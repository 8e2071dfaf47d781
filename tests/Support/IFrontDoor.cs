namespace Sallyport.Tests.Support;

/// <summary>A running proxy, one of <see cref="Door"/>.</summary>
internal interface IFrontDoor : IAsyncDisposable
{
    /// <summary>Scheme, host and port, with no slash at the end.</summary>
    string Url { get; }

    /// <summary>What a client has to send as Authorization to pass; null when nothing is asked for.</summary>
    string? Authorization { get; }
}
