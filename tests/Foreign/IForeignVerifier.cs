namespace Sallyport.Tests.Foreign;

/// <summary>A service behind the gateway whose tokens are verified by software that we did not write.</summary>
internal interface IForeignVerifier : IAsyncDisposable
{
    /// <summary>What it says of a token whose signature is not that of the key.</summary>
    string Forged { get; }

    /// <summary>What it says of a token whose <c>exp</c> is past.</summary>
    string Expired { get; }

    /// <summary>What it says of a token for somebody else.</summary>
    string Misdirected { get; }

    /// <summary>Asks it about one token.</summary>
    Task<ForeignVerdict> Verify(string token);
}
