using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Keys;

/// <summary>A private key of ours that signs, wherever it is: in this process, in an identity document, or in a remote key service. From any number of threads.</summary>
internal interface ITokenSigner : IDisposable
{
    /// <summary>The <c>kid</c> of what it signs.</summary>
    string KeyId { get; }

    Algorithm Algorithm { get; }

    /// <summary>The public half, with <c>kid</c> and <c>alg</c>.</summary>
    Jwk Public { get; }

    /// <summary>The <c>x5c</c> header of what it signs (RFC 7515 section 4.1.6): standard base64 of DER, the leaf first. Empty for a key without certificate.</summary>
    IReadOnlyList<string> CertificateChain { get; }

    /// <summary>The raw signature of a JWS (RFC 7515 section 5.1) over its signing input.</summary>
    /// <exception cref="SigningFailedException">The key cannot be used now.</exception>
    ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> signingInput, CancellationToken cancellation);

    /// <summary>Looks, where it is time to, whether the key can still be used. A key of this process can.</summary>
    /// <param name="until">When it will be asked the next time.</param>
    ValueTask<SignerState> CheckAsync(TimeSpan until, CancellationToken cancellation) => ValueTask.FromResult(SignerState.Good);
}
