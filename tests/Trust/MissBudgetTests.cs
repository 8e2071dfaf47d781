using System.Net;
using Sallyport.Gateway.Trust;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Trust;

public sealed class MissBudgetTests
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(30);

    private readonly FakeClock _clock = new();
    private readonly MissBudget _budget;

    public MissBudgetTests() => _budget = new(3, Window, _clock);

    [Fact]
    public void An_address_has_so_many_misses_and_another_address_has_its_own()
    {
        Assert.Equal([true, true, true, false, false], Spend("192.0.2.1", 5));
        Assert.Equal([true, true, true, false], Spend("192.0.2.2", 4));
    }

    [Fact]
    public void The_count_ends_with_a_window_without_a_miss_and_not_before()
    {
        Spend("192.0.2.1", 4);
        for (var i = 0; i < 5; i++)
        {
            _clock.Advance(Window * 0.9);
            Assert.Equal([false], Spend("192.0.2.1", 1));
        }

        _clock.Advance(Window);
        Assert.Equal([true], Spend("192.0.2.1", 1));
    }

    [Theory]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.129", false)]
    public void Ipv6_counts_by_its_64_bit_prefix_and_ipv4_whole(string one, string other, bool isShared)
    {
        Spend(one, 3);
        Assert.Equal([!isShared], Spend(other, 1));
    }

    [Fact]
    public void Clients_without_an_address_share_one_budget()
    {
        for (var i = 0; i < 3; i++) Assert.True(_budget.TrySpend(null));
        Assert.False(_budget.TrySpend(null));
    }

    [Fact]
    public void A_full_table_starts_anew_and_only_forgives()
    {
        Spend("192.0.2.1", 4);
        for (var i = 0; i < MissBudget.Capacity; i++)
            Assert.True(_budget.TrySpend(new IPAddress([10, 0, (byte)(i >> 8), (byte)i])));
        Assert.Equal([true], Spend("192.0.2.1", 1));
    }

    [Fact]
    public void A_miss_that_turns_out_good_is_given_back()
    {
        for (var i = 0; i < 20; i++)
        {
            Assert.True(_budget.TrySpend(IPAddress.Loopback));
            _budget.Refund(IPAddress.Loopback);
        }

        for (var i = 0; i < 3; i++) Assert.True(_budget.TrySpend(IPAddress.Loopback));
        Assert.False(_budget.TrySpend(IPAddress.Loopback));
        _budget.Refund(IPAddress.Parse("192.0.2.1"));
    }

    private bool[] Spend(string address, int misses) => [.. Enumerable.Range(0, misses).Select(_ => _budget.TrySpend(IPAddress.Parse(address)))];
}
