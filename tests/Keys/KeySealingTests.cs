using System.Security.Cryptography;
using Sallyport.Gateway.Keys;
using Sallyport.Gateway.Secrets;

namespace Sallyport.Tests.Keys;

public sealed class KeySealingTests
{
    private const string Issuer = "https://gateway.example.com";

    private static readonly byte[] Secret = [.. Enumerable.Range(0, 100).Select(i => (byte)i)];

    private readonly byte[] _one = RandomNumberGenerator.GetBytes(32);
    private readonly byte[] _other = RandomNumberGenerator.GetBytes(32);

    [Fact]
    [Trait("Acceptance", "C12")]
    public void A_blob_opens_in_its_own_place_and_in_no_other()
    {
        var sealing = Sealing(_one);
        var blob = sealing.Seal("kid", Secret);
        Assert.True(sealing.TryOpen("kid", blob, out var secret, out _));
        Assert.Equal(Secret, secret);
        Assert.False(blob.AsSpan().IndexOf(Secret.AsSpan(0, 16)) >= 0);

        Refused(sealing, "kic", blob);
        Refused(sealing, "", blob);
        Refused(new KeySealing(KeyEncryptionKeys.Of(_one), Issuer + "/"), "kid", blob);
        // What is moved from one part of the name to the next is another name.
        Refused(new KeySealing(KeyEncryptionKeys.Of(_one), Issuer, "dtoken signing"), "ki", blob);
    }

    [Fact]
    [Trait("Acceptance", "B9")]
    public void A_blob_of_another_purpose_does_not_open()
    {
        var session = new KeySealing(KeyEncryptionKeys.Of(_one), Issuer, "session");
        var blob = session.Seal("kid", Secret);
        Assert.True(session.TryOpen("kid", blob, out _, out _));
        Refused(Sealing(_one), "kid", blob);
        Refused(session, "kid", Sealing(_one).Seal("kid", Secret));
    }

    [Fact]
    public void No_changed_bit_is_overlooked_and_no_shorter_blob_opens()
    {
        var sealing = Sealing(_one);
        var blob = sealing.Seal("kid", Secret);
        for (var bit = 0; bit < blob.Length * 8; bit++)
        {
            var changed = (byte[])blob.Clone();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(sealing.TryOpen("kid", changed, out var secret, out _), $"bit {bit}");
            Assert.Empty(secret);
        }

        for (var length = 0; length < blob.Length; length++) Refused(sealing, "kid", blob[..length]);
        Refused(sealing, "kid", [.. blob, 0]);
        Assert.True(sealing.TryOpen("kid", blob, out _, out _));
    }

    [Fact]
    public void The_first_key_encryption_key_seals_and_all_open()
    {
        var (before, both, after) = (Sealing(_one), Sealing(_other, _one), Sealing(_other));
        var old = before.Seal("kid", Secret);
        Assert.True(both.TryOpen("kid", old, out _, out _));
        Assert.False(both.IsByFirst(old));
        Assert.False(after.TryOpen("kid", old, out _, out var problem));
        Assert.Contains("not configured here", problem);

        var resealed = both.Seal("kid", Secret);
        Assert.True(both.IsByFirst(resealed));
        Assert.True(after.TryOpen("kid", resealed, out _, out _));
        Assert.False(before.TryOpen("kid", resealed, out _, out _));
    }

    [Fact]
    public void Two_blobs_of_one_secret_have_nothing_in_common_but_their_head()
    {
        var sealing = Sealing(_one);
        var blobs = Enumerable.Range(0, 50).Select(_ => Convert.ToHexString(sealing.Seal("kid", Secret)[9..])).ToArray();
        Assert.Equal(50, blobs.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(50, blobs.Select(blob => blob[..24]).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void A_key_encryption_key_is_read_raw_as_base64_and_as_hex_and_nothing_else_is_one()
    {
        byte[] lineEnds = [.. Enumerable.Range(1, 30).Select(i => (byte)i), 13, 10];
        foreach (var key in (byte[][])[_one, lineEnds])
        {
            var blob = Sealing(key).Seal("kid", Secret);
            foreach (var file in (byte[][])[key, Bytes(Convert.ToBase64String(key)), Bytes(Convert.ToBase64String(key) + "\n"), Bytes(Convert.ToHexString(key)), Bytes(Convert.ToHexStringLower(key) + "\r\n")])
            {
                Assert.True(Read(file, out var keys, out var problem), problem);
                Assert.True(new KeySealing(keys!, Issuer).TryOpen("kid", blob, out _, out _));
            }
        }

        foreach (var bad in (byte[][])[[], new byte[32], new byte[31], [.. _one, 7], Bytes(Convert.ToBase64String(_one)[..43]), Bytes(Convert.ToHexString(_one)[..63] + "x"), Bytes(new string('A', 44)), Bytes(new string('=', 44))])
        {
            Assert.False(Read(bad, out _, out var problem));
            Assert.NotNull(problem);
        }

        static byte[] Bytes(string text) => System.Text.Encoding.ASCII.GetBytes(text);

        static bool Read(byte[] content, out KeyEncryptionKeys? keys, out string? problem)
        {
            var file = Path.GetTempFileName();
            try
            {
                File.WriteAllBytes(file, content);
                return KeyEncryptionKeys.TryRead([new SecretSource(file, null)], out keys, out problem);
            }
            finally
            {
                File.Delete(file);
            }
        }
    }

    private static KeySealing Sealing(params byte[][] keys) => new(KeyEncryptionKeys.Of(keys), Issuer);

    private static void Refused(KeySealing sealing, string keyId, byte[] blob)
    {
        Assert.False(sealing.TryOpen(keyId, blob, out var secret, out var problem));
        Assert.Empty(secret);
        Assert.NotNull(problem);
    }
}
