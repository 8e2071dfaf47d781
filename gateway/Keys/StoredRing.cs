namespace Sallyport.Gateway.Keys;

/// <summary>What lies in a store.</summary>
/// <param name="Epoch">Zero where nothing lies there.</param>
/// <param name="Document">Null where nothing lies there.</param>
/// <param name="Now">The store's own clock, in whole milliseconds: the only clock that the rotation goes by.</param>
internal sealed record StoredRing(long Epoch, ReadOnlyMemory<byte>? Document, DateTimeOffset Now);
