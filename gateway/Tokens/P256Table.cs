namespace Sallyport.Gateway.Tokens;

/// <summary>
/// A public key on P-256 with a table of its multiples, 150 KiB: a signature is verified (FIPS 186-5, section 6.4.2) in little more than half the time. Making it
/// takes as long as some 500 verifications, so it is for keys that verify thousands of tokens.
/// </summary>
/// <remarks>
/// <code>
///   u1 = hash / s, u2 = r / s mod n        n the order of the curve
///   R  = u1 G + u2 Q                       G has a table in libcrypto; Q has one here: the generator of a group of its own
///   valid: R is not infinity, and x(R) = r mod n
/// </code>
/// All arithmetic is libcrypto's. Nothing here is secret, so nothing has to take the same time every time.
/// </remarks>
internal sealed class P256Table
{
    public const int HashBytes = 32;
    public const int SignatureBytes = 64;

    /// <summary>How many may be alive at once, in all 19 MiB: two of the largest sets. Further keys are verified without.</summary>
    public const int Most = 128;

    private const int NumberBytes = 32;

    private static readonly EcGroup? Curve = EcCrypto.IsThere ? new EcGroup(EcCrypto.P256) : null;

    private static readonly TableQuota Shared = new(Most);

    private readonly EcGroup _group;

    private P256Table(EcGroup group) => _group = group;

    /// <summary>Whether the libcrypto of this machine can do it.</summary>
    public static bool IsSupported => Curve is { IsInvalid: false };

    /// <summary>Makes the table of a point, and tries it on a signature that is known to be good.</summary>
    /// <param name="x">32 bytes, big-endian, as <paramref name="y"/>.</param>
    /// <param name="y">The point was checked before.</param>
    /// <param name="hash">Of what was signed.</param>
    /// <param name="signature">A good one of this key.</param>
    /// <param name="quota">Of these tables; that of the process unless told.</param>
    /// <returns>Null where there are enough already, or anything is amiss.</returns>
    public static P256Table? TryMake(ReadOnlySpan<byte> x, ReadOnlySpan<byte> y, ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature, TableQuota? quota = null)
    {
        if (!IsSupported || Group(x, y, quota ?? Shared) is not { } group) return null;
        var table = new P256Table(group);
        Span<byte> other = stackalloc byte[HashBytes];
        hash.CopyTo(other);
        other[0] ^= 1;
        if (table.Verify(hash, signature) && !table.Verify(other, signature)) return table;
        group.Dispose();
        return null;
    }

    /// <summary>Whether r and s, side by side, are this key's signature of the hash.</summary>
    public bool Verify(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature)
    {
        if (hash.Length != HashBytes || signature.Length != SignatureBytes) return false;
        var with = P256Scratch.Take(Curve!);
        var isValid = Verify(with, hash, signature);
        with.GiveBack();
        if (!isValid) LibCrypto.ClearErrors();
        return isValid;
    }

    private bool Verify(P256Scratch with, ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature)
    {
        var order = EcCrypto.OrderOf(Curve!);
        return EcCrypto.Read(signature[..NumberBytes], NumberBytes, with.R) != 0
            && EcCrypto.Read(signature[NumberBytes..], NumberBytes, with.S) != 0
            && EcCrypto.Read(hash, HashBytes, with.Hash) != 0
            && IsInRange(with.R, order)
            && IsInRange(with.S, order)
            && EcCrypto.InvertModulo(with.S, with.S, order, with.Room) != 0
            && EcCrypto.MultiplyModulo(with.U1, with.Hash, with.S, order, with.Room) == 1
            && EcCrypto.MultiplyModulo(with.U2, with.R, with.S, order, with.Room) == 1
            && EcCrypto.Multiply(Curve!, with.Sum, with.U1, 0, 0, with.Room) == 1
            && EcCrypto.Multiply(_group, with.OfKey, with.U2, 0, 0, with.Room) == 1
            && EcCrypto.Add(Curve!, with.Sum, with.Sum, with.OfKey, with.Room) == 1
            && EcCrypto.IsAtInfinity(Curve!, with.Sum) == 0
            && EcCrypto.GetCoordinates(Curve!, with.Sum, with.X, 0, with.Room) == 1
            && EcCrypto.Modulo(with.X, with.X, order, with.Room) == 1
            && EcCrypto.Compare(with.X, with.R) == 0;
    }

    // 1 to n - 1.
    private static bool IsInRange(nint number, nint order) => EcCrypto.IsZero(number) == 0 && EcCrypto.Compare(number, order) < 0;

    private static EcGroup? Group(ReadOnlySpan<byte> x, ReadOnlySpan<byte> y, TableQuota quota)
    {
        // SEC 1, section 2.3.3: uncompressed.
        Span<byte> point = stackalloc byte[1 + (2 * NumberBytes)];
        point[0] = 4;
        x.CopyTo(point[1..]);
        y.CopyTo(point[(1 + NumberBytes)..]);

        if (!quota.TryTake()) return null;
        var group = new EcGroup(EcCrypto.P256, quota.GiveBack);
        var generator = group.IsInvalid ? 0 : EcCrypto.NewPoint(group);
        var isMade = generator != 0
            && EcCrypto.Read(group, generator, point, (nuint)point.Length, 0) == 1
            && EcCrypto.SetGenerator(group, generator, EcCrypto.OrderOf(Curve!), EcCrypto.CofactorOf(Curve!)) == 1
            && EcCrypto.Precompute(group, 0) == 1;
        EcCrypto.FreePoint(generator);
        if (isMade) return group;
        LibCrypto.ClearErrors();
        if (group.IsInvalid) quota.GiveBack();
        group.Dispose();
        return null;
    }
}
