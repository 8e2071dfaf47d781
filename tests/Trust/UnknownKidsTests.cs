using Sallyport.Gateway.Trust;

namespace Sallyport.Tests.Trust;

public sealed class UnknownKidsTests
{
    private readonly UnknownKids _kids = new();

    [Fact]
    public void A_kid_is_known_to_be_unknown_until_the_set_changes()
    {
        Assert.False(_kids.Contains("a"));
        _kids.Add("a");
        Assert.True(_kids.Contains("a"));
        Assert.False(_kids.Contains("A"));
        _kids.Clear();
        Assert.False(_kids.Contains("a"));
    }

    [Fact]
    public void Only_so_many_are_kept_and_the_oldest_leave()
    {
        for (var i = 0; i < UnknownKids.Capacity + 10; i++) _kids.Add($"kid {i}");
        Assert.Equal(UnknownKids.Capacity, Enumerable.Range(0, UnknownKids.Capacity + 10).Count(i => _kids.Contains($"kid {i}")));
        Assert.False(_kids.Contains("kid 9"));
        Assert.True(_kids.Contains("kid 10"));
    }

    [Fact]
    public void A_repeat_takes_no_second_place()
    {
        for (var i = 0; i < UnknownKids.Capacity; i++) _kids.Add($"kid {i}");
        for (var i = 0; i < 10; i++) _kids.Add("kid 5");
        Assert.True(_kids.Contains("kid 0"));
    }
}
