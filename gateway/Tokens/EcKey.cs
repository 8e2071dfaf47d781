using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;

namespace Sallyport.Gateway.Tokens;

/// <summary>A public key on a NIST curve (RFC 7518, section 6.2). Signatures are r and s side by side, of fixed length (section 3.4).</summary>
internal sealed class EcKey : KeyMaterial
{
    // By then a table would have paid for itself.
    private const int SignaturesBeforeTable = 1_000;

    // .NET does not promise that one ECDsa serves two threads; as many are made as ever verify at once.
    private readonly ConcurrentBag<ECDsa> _idle = [];
    private readonly ECParameters _parameters;

    // Of this key's good signatures only: nobody else can have a table made.
    private int _verified;
    private int _isMaking;
    private volatile P256Table? _table;

    private EcKey(EllipticCurve curve, byte[] x, byte[] y)
        : base(KeyType.Ec, curve.Name) =>
        _parameters = new ECParameters { Curve = curve.Parameters, Q = { X = x, Y = y } };

    /// <summary>Checks the point; the problem is a clause about the key.</summary>
    public static EcKey? Create(EllipticCurve curve, byte[] x, byte[] y, out string? problem)
    {
        problem = null;
        if (x.Length != curve.CoordinateBytes || y.Length != curve.CoordinateBytes)
            problem = "its coordinates have a wrong length for its curve";
        else if (!curve.Holds(x, y))
            problem = "its point is not on its curve";
        return problem is null ? Opened(new EcKey(curve, x, y), out problem) : null;
    }

    public override bool Verify(Algorithm algorithm, ReadOnlySpan<byte> signingInput, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != algorithm.SignatureBytes)
            return false;
        try
        {
            if (_table is { } table)
            {
                Span<byte> hash = stackalloc byte[P256Table.HashBytes];
                SHA256.HashData(signingInput, hash);
                return table.Verify(hash, signature);
            }

            if (!_idle.TryTake(out var ecdsa))
                ecdsa = ECDsa.Create(_parameters);
            var valid = ecdsa.VerifyData(signingInput, signature, algorithm.Hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
            _idle.Add(ecdsa);
            if (valid && Interlocked.Increment(ref _verified) % SignaturesBeforeTable == 0)
                MakeTable(algorithm, signingInput, signature);
            return valid;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    public override void WriteMembers(Utf8JsonWriter writer)
    {
        writer.WriteString("crv", Curve);
        writer.WriteString("kty", "EC");
        writer.WriteString("x", Base64Url.EncodeToString(_parameters.Q.X));
        writer.WriteString("y", Base64Url.EncodeToString(_parameters.Q.Y));
    }

    /// <summary>Whether signatures are verified by a table of the key's multiples by now.</summary>
    internal bool HasTable => _table is not null;

    // Beside the request that happened to be the one. Where there is no room for it now, there may be after as many more.
    private void MakeTable(Algorithm algorithm, ReadOnlySpan<byte> signingInput, ReadOnlySpan<byte> signature)
    {
        if (!P256Table.IsSupported || algorithm.SignatureBytes != P256Table.SignatureBytes || Interlocked.Exchange(ref _isMaking, 1) == 1)
            return;
        var (hash, good) = (SHA256.HashData(signingInput), signature.ToArray());
        _ = Task.Run(() =>
        {
            _table = P256Table.TryMake(_parameters.Q.X, _parameters.Q.Y, hash, good);
            Volatile.Write(ref _isMaking, _table is null ? 0 : 1);
        });
    }

    // The first instance is made here, so that what this machine cannot do shows when the key is read and not on a request.
    private static EcKey? Opened(EcKey key, out string? problem)
    {
        try
        {
            key._idle.Add(ECDsa.Create(key._parameters));
            problem = null;
            return key;
        }
        catch (Exception e) when (e is CryptographicException or PlatformNotSupportedException)
        {
            problem = "the cryptography of this machine refuses it";
            return null;
        }
    }
}
