using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Sallyport.Gateway.Tokens;

/// <summary>The numbers and points that one verification reckons with. As many are made as ever verify at once, and kept as long as the process lives.</summary>
internal sealed class P256Scratch
{
    private static readonly ConcurrentBag<P256Scratch> Idle = [];

    private P256Scratch(EcGroup curve)
    {
        (R, S, Hash, U1, U2, X) = (EcCrypto.NewNumber(), EcCrypto.NewNumber(), EcCrypto.NewNumber(), EcCrypto.NewNumber(), EcCrypto.NewNumber(), EcCrypto.NewNumber());
        (Sum, OfKey) = (EcCrypto.NewPoint(curve), EcCrypto.NewPoint(curve));
        Room = EcCrypto.NewScratch();
        if (R == 0 || S == 0 || Hash == 0 || U1 == 0 || U2 == 0 || X == 0 || Sum == 0 || OfKey == 0 || Room == 0) throw new CryptographicException("libcrypto has no memory left.");
    }

    public nint R { get; }

    public nint S { get; }

    public nint Hash { get; }

    public nint U1 { get; }

    public nint U2 { get; }

    public nint X { get; }

    public nint Sum { get; }

    public nint OfKey { get; }

    public nint Room { get; }

    public static P256Scratch Take(EcGroup curve) => Idle.TryTake(out var scratch) ? scratch : new P256Scratch(curve);

    public void GiveBack() => Idle.Add(this);
}
