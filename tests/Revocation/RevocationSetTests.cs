using Sallyport.Gateway.Revocation;

namespace Sallyport.Tests.Revocation;

public sealed class RevocationSetTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void It_says_what_a_plain_list_of_rows_says_whatever_is_added_in_whatever_batches(int seed)
    {
        var random = new Random(seed);
        // Few keys, so that rows of one key meet; some at the ends of the range, where a guess by proportion is worst.
        RevocationKey[] keys = [.. Enumerable.Range(0, 300).Select(i => i % 7 == 0 ? new RevocationKey(i % 2 == 0 ? 0UL : ulong.MaxValue, (ulong)i) : new RevocationKey((ulong)random.NextInt64(), (ulong)random.Next(3)))];
        var (set, plain, now) = (RevocationSet.Empty, new List<RevocationRow>(), 1000L);
        for (var step = 0; step < 200; step++)
        {
            var batch = Enumerable.Range(0, random.Next(1, 40)).Select(_ => new RevocationRow(
                keys[random.Next(keys.Length)],
                random.Next(4) == 0 ? RevocationRecord.AnyIssuedAt : (uint)random.Next(900, 1200),
                (uint)(now + random.Next(-5, 60)))).ToArray();
            plain.AddRange(batch);
            var before = set;
            set = set.With(batch, now);
            Assert.True(ReferenceEquals(before, set) == (before.Version == set.Version));
            now += random.Next(3);
            if (step % 20 == 0) set = set.Swept(now);

            for (var question = 0; question < 30; question++)
            {
                var key = keys[random.Next(keys.Length)];
                long? issuedAt = random.Next(5) == 0 ? null : random.Next(880, 1220);
                Assert.Equal(plain.Exists(row => row.Key == key && row.Concerns(issuedAt, now)), set.Revokes(key, issuedAt, now));
                var row = new RevocationRow(key, (uint)random.Next(900, 1200), (uint)(now + random.Next(1, 60)));
                Assert.Equal(plain.Exists(known => known.Key == row.Key && known.Covers(row)), set.Covers(row));
            }
        }

        Assert.InRange(set.Count, 0, plain.Count);
        Assert.Equal(0, set.Swept(long.MaxValue).Count);
    }

    [Fact]
    public void A_snapshot_never_changes()
    {
        var key = RevocationKey.Of(RevocationKind.TokenId, "i", "v");
        var empty = RevocationSet.Empty;
        var one = empty.With([new RevocationRow(key, RevocationRecord.AnyIssuedAt, 2000)], 1000);
        _ = one.With([new RevocationRow(RevocationKey.Of(RevocationKind.TokenId, "i", "w"), RevocationRecord.AnyIssuedAt, 2000)], 1000);
        Assert.False(empty.Revokes(key, null, 1000));
        Assert.True(one.Revokes(key, null, 1999));
        Assert.False(one.Revokes(key, null, 2000));
        Assert.Equal(1, one.Count);
        Assert.Same(one, one.Swept(1999));
        Assert.Same(one, one.With([], 1000));
    }

    [Fact]
    public void A_token_without_iat_counts_as_issued_before_and_the_cutoff_itself_does_not()
    {
        var row = new RevocationRow(default, IssuedBefore: 500, Expires: 2000);
        Assert.True(row.Concerns(null, 1000));
        Assert.True(row.Concerns(499, 1000));
        Assert.False(row.Concerns(500, 1000));
        Assert.True((row with { IssuedBefore = RevocationRecord.AnyIssuedAt }).Concerns(uint.MaxValue + 1L, 1000));
    }

    [Fact]
    public void Keys_of_different_triples_differ_whatever_their_boundaries()
    {
        RevocationKey[] keys =
        [
            RevocationKey.Of(RevocationKind.TokenId, "ab", "c"),
            RevocationKey.Of(RevocationKind.TokenId, "a", "bc"),
            RevocationKey.Of(RevocationKind.TokenId, "abc", ""),
            RevocationKey.Of(RevocationKind.Subject, "ab", "c"),
            RevocationKey.Of(RevocationKind.TokenId, "AB", "c"),
            RevocationKey.Of(RevocationKind.TokenId, "ab", new string('c', 5000)),
        ];
        Assert.Equal(keys.Length, keys.Distinct().Count());
        Assert.Equal(RevocationKey.Of(RevocationKind.Key, "ä", "ö"), RevocationKey.Of(RevocationKind.Key, "ä"u8, "ö"u8));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64)]
    [InlineData(50_000)]
    public void Every_row_is_found_and_no_other(int count)
    {
        var set = RevocationSet.Empty;
        // In batches, so that there are several arrays, and some were merged.
        foreach (var batch in Enumerable.Range(0, count).Chunk(900)) set = set.With([.. batch.Select(i => new RevocationRow(Key("revoked", i), RevocationRecord.AnyIssuedAt, 2000))], 1000);

        Assert.Equal(count, set.Count);
        Assert.Equal(count, Enumerable.Range(0, count).Count(i => set.Revokes(Key("revoked", i), 1, 1000)));
        Assert.Equal(0, Enumerable.Range(0, count + 1000).Count(i => set.Revokes(Key("good", i), 1, 1000)));

        static RevocationKey Key(string what, int i) => RevocationKey.Of(RevocationKind.TokenId, "issuer", $"{what} {i}");
    }

    [Fact]
    public void Single_additions_to_a_large_set_copy_little()
    {
        var random = new Random(7);
        var set = RevocationSet.Empty.With(Rows(200_000), 1000);
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++) set = set.With(Rows(1), 1000);
        // The 200,000 rows alone are 4.8 MB.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, 4_000_000);
        Assert.Equal(201_000, set.Count);

        RevocationRow[] Rows(int count) => [.. Enumerable.Range(0, count).Select(_ => new RevocationRow(new((ulong)random.NextInt64() << 1, (ulong)random.NextInt64()), 5, 2000))];
    }
}
