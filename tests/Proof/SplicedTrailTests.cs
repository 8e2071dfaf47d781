using Sallyport.Gateway.Attestation;
using Sallyport.Gateway.Keys;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Proof;

/// <summary>Two trails of one issuer and one key, each good by itself: nothing of one passes in the other.</summary>
public sealed class SplicedTrailTests
{
    [Fact]
    [Trait("Acceptance", "A5")]
    public async Task Signed_parts_of_another_trail_of_the_same_key_do_not_pass()
    {
        var clock = new FakeClock();
        await using var one = new TrailBuilder(clock: clock);
        await using var two = new TrailBuilder(clock: clock);
        var key = (SigningKey)await one.RotateAsync();
        await two.RotateAsync(key: key);
        File.Copy(one.KeyFile, two.KeyFile, overwrite: true);
        var token = "";
        foreach (var built in new[] { one, two })
        {
            var minted = await built.MintAsync();
            if (built == one) token = minted;
            await built.MintAsync();
            await built.CheckpointAsync();
            await built.MintAsync();
            await built.CheckpointAsync();
        }

        (await one.VerifyAsync()).IsProven();
        (await two.VerifyAsync()).IsProven();
        var (ours, theirs) = (await File.ReadAllLinesAsync(one.Days[0]), await File.ReadAllLinesAsync(two.Days[0]));
        Assert.Equal(ours.Length, theirs.Length);
        for (var from = 0; from < ours.Length; from++)
        {
            // From one line on it is the other's, with its very own checkpoints.
            await File.WriteAllTextAsync(one.Days[0], string.Concat(ours[..from].Concat(theirs[from..]).Select(line => line + "\n")));
            if (from > 0) Assert.Equal(LinkState.Failed, (await one.VerifyAsync()).State);
            Assert.Equal(LinkState.Failed, (await one.VerifyAsync(token)).State);
            // Or one line only.
            await File.WriteAllTextAsync(one.Days[0], string.Concat(ours.Select((line, i) => (i == from ? theirs[i] : line) + "\n")));
            Assert.Equal(LinkState.Failed, (await one.VerifyAsync()).State);
        }

        await File.WriteAllTextAsync(one.Days[0], string.Concat(ours.Select(line => line + "\n")));
        (await one.VerifyAsync(token)).IsProven();
        File.Copy(two.Checkpoints, one.Checkpoints, overwrite: true);
        (await one.VerifyAsync()).Has(LinkState.Failed, "checkpoints", "other_trail");
        // Whole, it is another trail: what it does not tell of is not proven by it.
        File.Copy(two.Days[0], one.Days[0], overwrite: true);
        (await one.VerifyAsync()).IsProven();
        (await one.VerifyAsync(token)).Has(LinkState.Failed, "record", "not_recorded");
    }
}
