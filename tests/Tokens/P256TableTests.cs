using System.Numerics;
using System.Security.Cryptography;
using Sallyport.Gateway.Tokens;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Tokens;

/// <summary>A table of a key's multiples says of every signature what .NET's own verification says.</summary>
public sealed class P256TableTests : IDisposable
{
    private static readonly byte[] Hash = SHA256.HashData("signed"u8);

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public void Dispose() => _key.Dispose();

    [Fact]
    public void Signatures_are_good_for_their_hash_and_their_key_alone()
    {
        var table = TableOf(_key);
        using var another = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var ofAnother = TableOf(another);
        for (var i = 0; i < 200; i++)
        {
            var hash = RandomNumberGenerator.GetBytes(32);
            var signature = _key.SignHash(hash);
            Assert.True(table.Verify(hash, signature));
            Assert.False(ofAnother.Verify(hash, signature));
            Assert.False(table.Verify(hash, another.SignHash(hash)));
            var (bit, changed, other) = (RandomNumberGenerator.GetInt32(512), signature.ToArray(), hash.ToArray());
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            other[bit / 16] ^= (byte)(1 << (bit % 8));
            Assert.False(table.Verify(hash, changed));
            Assert.False(table.Verify(other, signature));
        }
    }

    [Fact]
    public void Numbers_out_of_range_are_refused_whatever_stands_beside_them()
    {
        var table = TableOf(_key);
        var good = _key.SignHash(Hash);
        Assert.True(table.Verify(Hash, good));
        BigInteger[] edges = [0, 1, 2, P256.N - 1, P256.N, P256.N + 1, P256.P - 1, P256.P, BigInteger.Pow(2, 256) - 1, P256.Number(good.AsSpan(0, 32)), P256.Number(good.AsSpan(32))];
        foreach (var r in edges)
            foreach (var s in edges)
            {
                byte[] signature = [.. P256.Bytes(r), .. P256.Bytes(s)];
                Assert.Equal(_key.VerifyHash(Hash, signature), table.Verify(Hash, signature));
                if (r.IsZero || s.IsZero || r >= P256.N || s >= P256.N) Assert.False(table.Verify(Hash, signature));
            }

        // r + n is the same number to whoever forgets the range: it needs a small r to fit in 32 bytes, and is no signature all the same.
        Assert.False(table.Verify(Hash, good.AsSpan(0, 63)));
        Assert.False(table.Verify(Hash.AsSpan(0, 31), good));
        Assert.False(table.Verify(Hash, [.. good, 0]));
        Assert.False(table.Verify(Hash, []));
    }

    [Fact]
    public void The_negative_of_s_is_as_good_as_s()
    {
        var good = _key.SignHash(Hash);
        byte[] negated = [.. good.AsSpan(0, 32), .. P256.Bytes(P256.N - P256.Number(good.AsSpan(32)))];
        Assert.True(_key.VerifyHash(Hash, negated));
        Assert.True(TableOf(_key).Verify(Hash, negated));
    }

    [Fact]
    public void Hashes_at_the_edges_of_the_order_are_numbers_like_others()
    {
        var table = TableOf(_key);
        foreach (var number in (BigInteger[])[0, 1, P256.N - 1, P256.N, P256.N + 1, BigInteger.Pow(2, 256) - 1])
        {
            var hash = P256.Bytes(number);
            var signature = _key.SignHash(hash);
            Assert.True(table.Verify(hash, signature));
            Assert.False(table.Verify(Hash, signature));
        }
    }

    [Fact]
    public void Where_both_summands_are_one_point_it_is_doubled()
    {
        var d = P256.Number(_key.ExportParameters(includePrivateParameters: true).D);
        var k = P256.Number(RandomNumberGenerator.GetBytes(31));
        var r = P256.Mod(P256.Multiply(P256.G, k)!.Value.X, P256.N);
        // With e = r d both u1 G and u2 Q are (r d / s) G.
        var e = P256.Mod(r * d, P256.N);
        var s = P256.Mod(P256.Inverse(k, P256.N) * 2 * e, P256.N);
        byte[] signature = [.. P256.Bytes(r), .. P256.Bytes(s)];
        Assert.True(_key.VerifyHash(P256.Bytes(e), signature));
        Assert.True(TableOf(_key).Verify(P256.Bytes(e), signature));
    }

    [Fact]
    public void Where_the_summands_cancel_out_nothing_is_signed()
    {
        var d = P256.Number(_key.ExportParameters(includePrivateParameters: true).D);
        var table = TableOf(_key);
        for (var i = 0; i < 20; i++)
        {
            var (r, s) = (P256.Number(RandomNumberGenerator.GetBytes(31)) + 1, P256.Number(RandomNumberGenerator.GetBytes(31)) + 1);
            var e = P256.Mod(-r * d, P256.N);
            byte[] signature = [.. P256.Bytes(r), .. P256.Bytes(s)];
            Assert.False(_key.VerifyHash(P256.Bytes(e), signature));
            Assert.False(table.Verify(P256.Bytes(e), signature));
        }
    }

    [Fact]
    public void An_x_beyond_the_order_counts_modulo_the_order()
    {
        // x = n + i on the curve; no signer ever comes upon one.
        var i = 1;
        while (P256.N + i >= P256.P || P256.Lift(P256.N + i) is null) i++;
        var point = P256.Lift(P256.N + i);
        var r = (BigInteger)i;
        var (e, s) = (P256.Number(Hash), P256.Number(RandomNumberGenerator.GetBytes(31)) + 1);

        // Q = (s R - e G) / r makes R of (r, s).
        var q = P256.Multiply(P256.Add(P256.Multiply(point, s), P256.Multiply(P256.G, P256.N - P256.Mod(e, P256.N))), P256.Inverse(r, P256.N))!.Value;
        using var key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = { X = P256.Bytes(q.X), Y = P256.Bytes(q.Y) } });
        byte[] signature = [.. P256.Bytes(r), .. P256.Bytes(s)];
        Assert.True(key.VerifyHash(Hash, signature));
        var table = P256Table.TryMake(P256.Bytes(q.X), P256.Bytes(q.Y), Hash, signature);
        Assert.NotNull(table);
        Assert.True(table.Verify(Hash, signature));
        Assert.False(table.Verify(Hash, [.. P256.Bytes(r + P256.N), .. P256.Bytes(s)]));
    }

    [Fact]
    public void No_table_is_made_of_what_is_no_point_or_contradicts_a_good_signature()
    {
        var (x, y, good) = (PointOf(_key).Q.X!, PointOf(_key).Q.Y!, _key.SignHash(Hash));
        Assert.NotNull(P256Table.TryMake(x, y, Hash, good));
        Assert.Null(P256Table.TryMake(x, x, Hash, good));
        Assert.Null(P256Table.TryMake(new byte[32], new byte[32], Hash, good));
        good[5] ^= 1;
        Assert.Null(P256Table.TryMake(x, y, Hash, good));
    }

    [Fact]
    public async Task There_are_only_so_many_at_once_and_one_that_is_gone_makes_room()
    {
        var (point, good, quota) = (PointOf(_key).Q, _key.SignHash(Hash), new TableQuota(2));
        var tables = Fill();
        Assert.Null(Make());
        GC.KeepAlive(tables);
        Assert.Null(P256Table.TryMake(point.X, point.X, Hash, good, quota));
        tables = null;
        await Poll.Until(() =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return Make() is not null;
        });

        // In a method of its own, so that no frame here keeps them.
        P256Table?[] Fill()
        {
            P256Table?[] made = [Make(), Make()];
            Assert.All(made, Assert.NotNull);
            return made;
        }

        P256Table? Make() => P256Table.TryMake(point.X, point.Y, Hash, good, quota);
    }

    [Fact]
    public async Task Many_threads_verify_with_one_table_at_once()
    {
        var table = TableOf(_key);
        var signed = Enumerable.Range(0, 64).Select(_ => RandomNumberGenerator.GetBytes(32)).Select(hash => (hash, signature: _key.SignHash(hash))).ToArray();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < 300; i++)
            {
                var (one, other) = (signed[(i + thread) % 64], signed[(i + thread + 1) % 64]);
                Assert.True(table.Verify(one.hash, one.signature));
                Assert.False(table.Verify(other.hash, one.signature));
            }
        })));
    }

    [Fact]
    public async Task A_key_gets_its_table_for_good_signatures_alone_and_says_the_same_with_it()
    {
        var algorithm = Algorithm.Find("ES256")!;
        var key = Jwk.FromEc(PointOf(_key), "k", algorithm);
        var (bad, good) = (_key.SignData("other"u8, HashAlgorithmName.SHA256), _key.SignData("signed"u8, HashAlgorithmName.SHA256));
        for (var i = 0; i < 1_500; i++) Assert.False(key.Verify(algorithm, "signed"u8, bad));
        Assert.False(((EcKey)key.Material).HasTable);
        for (var i = 0; i < 999; i++) Assert.True(key.Verify(algorithm, "signed"u8, good));
        Assert.False(((EcKey)key.Material).HasTable);
        Assert.True(key.Verify(algorithm, "signed"u8, good));
        await Poll.Until(() => ((EcKey)key.Material).HasTable);

        Assert.True(key.Verify(algorithm, "signed"u8, good));
        Assert.False(key.Verify(algorithm, "signed"u8, bad));
        Assert.False(key.Verify(algorithm, "signeD"u8, good));
        Assert.False(key.Verify(algorithm, "signed"u8, good.AsSpan(0, 63)));
        Assert.False(key.Verify(algorithm, "signed"u8, new byte[64]));
        Assert.False(key.Verify(Algorithm.Find("ES384")!, "signed"u8, good));
    }

    private static ECParameters PointOf(ECDsa key) => key.ExportParameters(includePrivateParameters: false);

    private static P256Table TableOf(ECDsa key)
    {
        var point = PointOf(key).Q;
        return P256Table.TryMake(point.X, point.Y, Hash, key.SignHash(Hash)) ?? throw new InvalidOperationException("No table.");
    }
}
