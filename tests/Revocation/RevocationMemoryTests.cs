using Sallyport.Tests.Compat;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Revocation;

/// <summary>What the list takes of the process's memory: alone, for what other tests allocate meanwhile would count too.</summary>
[Collection(AloneInTheProcess.Name)]
public sealed class RevocationMemoryTests
{
    [Fact]
    public async Task A_million_revocations_are_loaded_and_fit_in_200_MiB()
    {
        await using var server = await RedisServer.StartAsync();
        await using var one = await Revoker.StartAsync(server);
        await using var other = await Revoker.StartAsync(server);
        const int Count = 1_000_000;
        var at = Revoker.Now;
        for (var from = 0; from < Count; from += 10_000)
            await one.Revoke([.. Enumerable.Range(from, 10_000).Select(i => Revoker.Record($"{i:x8}-6f1c-4a6e-9d3e-1f2b3c4d5e6f", at: at))]);

        var before = GC.GetTotalMemory(forceFullCollection: true);
        await other.CatchUp();
        var grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.Equal(Count, other.List.Current.Count);
        Assert.InRange(grown, 24L * Count, 200L * 1024 * 1024);
        Assert.True(other.Revokes("00000000-6f1c-4a6e-9d3e-1f2b3c4d5e6f") && other.Revokes($"{Count - 1:x8}-6f1c-4a6e-9d3e-1f2b3c4d5e6f"));
        Assert.False(other.Revokes($"{Count:x8}-6f1c-4a6e-9d3e-1f2b3c4d5e6f"));
    }
}
