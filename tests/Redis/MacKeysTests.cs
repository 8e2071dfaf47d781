using System.Security.Cryptography;
using Sallyport.Gateway.Redis;

namespace Sallyport.Tests.Redis;

public sealed class MacKeysTests
{
    private static readonly byte[] One = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];
    private static readonly byte[] Two = [.. One.Reverse()];

    [Fact]
    public void The_first_signs_and_all_verify()
    {
        var mac = new byte[MacKeys.MacBytes];
        new MacKeys([One]).Sign("data"u8, mac);

        Assert.Equal(HMACSHA256.HashData(One, "data"u8), mac);
        Assert.True(new MacKeys([One]).Verify("data"u8, mac));
        Assert.True(new MacKeys([Two, One]).Verify("data"u8, mac));
        Assert.False(new MacKeys([Two]).Verify("data"u8, mac));
        Assert.False(new MacKeys([One]).Verify("date"u8, mac));
        new MacKeys([Two, One]).Sign("data"u8, mac);
        Assert.False(new MacKeys([One]).Verify("data"u8, mac));
    }

    [Fact]
    public void A_mac_may_be_cut_to_half_and_no_further()
    {
        var keys = new MacKeys([One]);
        var mac = new byte[MacKeys.MacBytes];
        keys.Sign("data"u8, mac);

        Assert.True(keys.Verify("data"u8, mac.AsSpan(0, 16)));
        Assert.False(keys.Verify("data"u8, mac.AsSpan(0, 15)));
        Assert.False(keys.Verify("data"u8, []));
        Assert.False(keys.Verify("data"u8, [.. mac, 0]));
    }

    [Fact]
    public void A_mac_of_one_purpose_proves_nothing_for_another()
    {
        var keys = new MacKeys([One]);
        var mac = new byte[MacKeys.MacBytes];
        keys.For("a").Sign("data"u8, mac);

        Assert.True(keys.For("a").Verify("data"u8, mac));
        Assert.False(keys.For("b").Verify("data"u8, mac));
        Assert.False(keys.Verify("data"u8, mac));
    }

    [Fact]
    public void No_key_is_no_key_ring() => Assert.Throws<ArgumentOutOfRangeException>(() => new MacKeys([]));
}
