using Sallyport.Gateway.Keys;
using Sallyport.Gateway.Tokens;

namespace Sallyport.Tests.Support;

/// <summary>Rings of our own keys, made at hand: as the keeper of the ring would publish them.</summary>
internal static class OwnRing
{
    /// <summary>One key that signs, for a day from now.</summary>
    public static OpenRing Of(string algorithm, DateTimeOffset? notAfter = null) => Of(SigningKey.Generate(Algorithm.Find(algorithm)!, 2048), notAfter);

    public static OpenRing Of(SigningKey active, DateTimeOffset? notAfter = null) =>
        new(1, new ActiveKey(active, notAfter ?? TimeProvider.System.GetUtcNow().AddDays(1)), JwkSet.Of(active.Public), Problem: null);
}
