using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Keys;


/// <summary>Where private keys of the ring come from, and how one of them is opened.</summary>
internal interface IKeyMaker
{
    /// <summary>Makes a new key. Called under the ring's lease.</summary>
    /// <exception cref="KeyStoreAwayException">The place where keys are made does not answer.</exception>
    ValueTask<MadeKey> MakeAsync(Algorithm algorithm, CancellationToken cancellation);

    /// <summary>Opens a key of the ring, to sign with it.</summary>
    /// <returns>The signer, or why there is none, as the end of a sentence.</returns>
    ValueTask<(ITokenSigner? Signer, string? Problem)> OpenAsync(RingKey key, CancellationToken cancellation);

    /// <summary>What the ring shall keep of the private half from now on: sealed with the first key-encryption key.</summary>
    /// <returns>Why it cannot; null when it did.</returns>
    string? Reseal(RingKey key, out ReadOnlyMemory<byte> resealed);
}
