using Sallyport.Gateway.Redis;
using Sallyport.Gateway.Revocation;

namespace Sallyport.Tests.Revocation;

public sealed class SealedRecordTests
{
    private static readonly byte[] OtherKey = new byte[32];

    private readonly RecordSeal _seal = new(new MacKeys([Revoker.MacKey]), "sallyport:");

    public static TheoryData<int> Kinds => [1, 2, 3, 4];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_was_sealed_is_read_again(int number)
    {
        var record = Sample((RevocationKind)number);
        Assert.True(_seal.TryOpen(_seal.Seal(record), out var read));
        Assert.Equal(record, read.ToRecord());
        Assert.Equal(RevocationRow.Of(record), read.Row);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_changed_octet_and_every_cut_is_refused(int number)
    {
        var bytes = _seal.Seal(Sample((RevocationKind)number));
        for (var i = 0; i < bytes.Length; i++)
        {
            var changed = bytes.ToArray();
            changed[i] ^= (byte)(1 << (i % 8));
            Assert.False(_seal.TryOpen(changed, out _));
            Assert.False(_seal.TryOpen(bytes.AsSpan(0, i), out _));
        }

        Assert.False(_seal.TryOpen([.. bytes, 0], out _));
        Assert.True(_seal.TryOpen(bytes, out _));
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public void No_octets_make_the_reader_throw_and_what_it_takes_is_sound(int seed)
    {
        var random = new Random(seed);
        var taken = 0;
        for (var round = 0; round < 200_000; round++)
        {
            byte[] bytes;
            if (round % 2 == 0)
            {
                bytes = new byte[random.Next(200)];
                random.NextBytes(bytes);
                if (bytes.Length > 1) (bytes[0], bytes[1]) = (1, (byte)random.Next(6));
            }
            else
            {
                bytes = _seal.Seal(Sample((RevocationKind)random.Next(1, 5)));
                for (var change = 0; change < 3; change++) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            if (!SealedRecord.TryParse(bytes, out var record)) continue;
            taken++;
            // What is read is written to the same octets, but for the MAC.
            Assert.True(SealedRecord.Write(record.ToRecord()).AsSpan(0, bytes.Length - SealedRecord.MacBytes).SequenceEqual(record.Covered));
        }

        Assert.InRange(taken, 1, 200_000);
    }

    [Fact]
    public void Records_of_another_prefix_or_another_key_are_not_believed()
    {
        var record = Sample(RevocationKind.TokenId);
        Assert.False(_seal.TryOpen(new RecordSeal(new MacKeys([Revoker.MacKey]), "other:").Seal(record), out _));
        Assert.False(_seal.TryOpen(new RecordSeal(new MacKeys([OtherKey]), "sallyport:").Seal(record), out _));
        Assert.True(_seal.TryOpen(new RecordSeal(new MacKeys([Revoker.MacKey]), "sallyport:").Seal(record), out _));
    }

    [Fact]
    public void A_mac_key_is_rotated_by_listing_two()
    {
        var record = Sample(RevocationKind.Key);
        var after = new RecordSeal(new MacKeys([OtherKey, Revoker.MacKey]), "sallyport:");
        Assert.True(after.TryOpen(_seal.Seal(record), out _));
        Assert.False(_seal.TryOpen(after.Seal(record), out _));
        Assert.True(new RecordSeal(new MacKeys([Revoker.MacKey, OtherKey]), "sallyport:").TryOpen(after.Seal(record), out _));
    }

    [Fact]
    public void Parts_that_do_not_go_together_or_are_too_long_are_not_written()
    {
        RevocationRecord[] wrong =
        [
            Sample(RevocationKind.TokenId) with { Value = "" },
            Sample(RevocationKind.TokenId) with { IssuedBefore = 5 },
            Sample(RevocationKind.Subject) with { IssuedBefore = RevocationRecord.AnyIssuedAt },
            Sample(RevocationKind.Issuer) with { Value = "x" },
            Sample(RevocationKind.Key) with { Expires = 5 },
            Sample(RevocationKind.Key) with { Issuer = "" },
            Sample(RevocationKind.TokenId) with { Value = new string('x', SealedRecord.MaxValueBytes + 1) },
            Sample(RevocationKind.TokenId) with { Reason = new string('x', SealedRecord.MaxReasonBytes + 1) },
            Sample(RevocationKind.TokenId) with { Issuer = new string('x', SealedRecord.MaxIssuerBytes + 1) },
        ];
        Assert.All(wrong, record => Assert.Throws<ArgumentException>(() => _seal.Seal(record)));
        _seal.Seal(Sample(RevocationKind.TokenId) with { Value = new string('x', SealedRecord.MaxValueBytes) });
    }

    [Fact]
    public void A_retention_needs_few_buckets_and_a_bucket_outlives_its_records()
    {
        // A year of revocations, one an hour, each kept for a day, 30 days or a year.
        foreach (var (life, most) in ((uint, int)[])[(86_460, 26), (30 * 86_400, 32), (365 * 86_400, 25)])
        {
            var ends = new HashSet<long>();
            for (var at = 1_800_000_000u; at < 1_800_000_000u + life; at += 3600)
            {
                var end = RevocationBuckets.EndOf(at, at + life);
                Assert.InRange(end, at + life, at + life + (life / 10) + 3600);
                Assert.True(RevocationBuckets.TryParse($"{end}", out var read) && read == end);
                ends.Add(end);
            }

            Assert.InRange(ends.Count, 1, most);
        }

        Assert.All((string?[])[null, "", "-3600", "+3600", "3601", "0", " 3600", "3600.0", "99999999999999999999", "3600000000000"], name => Assert.False(RevocationBuckets.TryParse(name, out _)));
    }

    [Fact]
    public void Held_records_come_back_as_they_came()
    {
        var held = new HeldRecords();
        var random = new Random(5);
        var plain = new Dictionary<long, List<byte[]>> { [3600] = [], [7200] = [] };
        for (var i = 0; i < 5_000; i++)
        {
            var end = random.Next(1, 3) * 3600L;
            var value = new string('v', random.Next(1, i % 100 == 0 ? SealedRecord.MaxValueBytes : 60));
            var bytes = _seal.Seal(Sample(RevocationKind.TokenId) with { Issuer = $"https://{random.Next(5)}.example", Value = value, Reason = i % 2 == 0 ? "why" : "" });
            Assert.True(SealedRecord.TryParse(bytes, out var record));
            plain[end].Add(bytes);
            held.Add(end, record);
        }

        Assert.All(plain, bucket => Assert.Equal(bucket.Value, held.In(bucket.Key).Select(bytes => bytes.ToArray())));
        held.DropEnded(3600);
        Assert.Equal([7200L], held.Ends);
        Assert.Empty(held.In(3600));
    }

    private static RevocationRecord Sample(RevocationKind kind) => new()
    {
        Kind = kind,
        Issuer = "https://id.example/ä",
        Value = kind == RevocationKind.Issuer ? "" : "7f3a-ü",
        IssuedBefore = kind is RevocationKind.Subject or RevocationKind.Issuer ? 1_800_000_000 : RevocationRecord.AnyIssuedAt,
        Expires = 1_800_100_000,
        RevokedAt = 1_800_000_000,
        Reason = "lost",
    };
}
