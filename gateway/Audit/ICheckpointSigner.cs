namespace Sallyport.Gateway.Audit;

/// <summary>Signs checkpoints of the trail with the key that signs tokens. The trail does not know where that is.</summary>
internal interface ICheckpointSigner
{
    /// <summary>The key that would sign now; null while there is none.</summary>
    string? KeyId { get; }

    /// <summary>Signs a JWS in compact form.</summary>
    /// <param name="type">Its <c>typ</c>.</param>
    /// <param name="payload">A JSON object in UTF-8.</param>
    /// <param name="cancellation">Ends waiting for a remote key.</param>
    /// <returns>Null while no key can sign.</returns>
    ValueTask<string?> SignAsync(string type, ReadOnlyMemory<byte> payload, CancellationToken cancellation);
}
