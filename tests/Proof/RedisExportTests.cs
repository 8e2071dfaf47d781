using Microsoft.Extensions.Logging.Abstractions;
using Sallyport.Gateway.Audit;
using Sallyport.Gateway.Proof;
using Sallyport.Gateway.Redis;
using Sallyport.Gateway.Secrets;
using Sallyport.Gateway.Telemetry;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Proof;

/// <summary>A fleet's trail, in a real Redis, as an archive for another machine.</summary>
public sealed class RedisExportTests
{
    [Fact]
    [Trait("Acceptance", "A3")]
    public async Task What_a_fleet_recorded_in_Redis_is_exported_and_proven_offline()
    {
        await using var redis = await RedisServer.StartAsync();
        using var metrics = new GatewayMetrics();
        await using var connection = new RedisConnection(new RedisOptions { Configuration = redis.Address, MacKeys = [new SecretSource("unused", null)] }, metrics, NullLogger<RedisConnection>.Instance);
        await connection.StartAsync(default);
        await Poll.Until(() => connection.IsThere, TimeSpan.FromSeconds(20));
        var clock = new FakeClock();
        var trail = new RedisTrail(connection, TrailBuilder.Issuer, clock);
        await using var built = new TrailBuilder(new SpiffeCa(clock: clock), clock, trail);
        await built.RotateAsync();
        var token = await built.MintAsync();
        await built.CheckpointAsync();
        clock.Advance(TimeSpan.FromDays(1));
        await built.RotateAsync();
        var later = await built.MintAsync();
        await built.CheckpointAsync();
        Assert.False(Directory.Exists(built.TrailFolder));

        var source = new RedisTrailSource(new RedisTrail(connection, TrailBuilder.Issuer, clock));
        var copy = Path.Combine(built.Folder, "copy");
        var records = await ArchiveExport.WriteAsync(source, built.Folder, copy, default);
        foreach (var each in new[] { token, later })
        {
            var report = await new AuditProof(copy, new ProofQuestion { Token = ReadToken.Read(each, out _, out _) }, built.Bundle).RunAsync(default);
            report.IsProven();
            Assert.Equal(records, report.Records);
        }

        Assert.Equal(2, Directory.GetFiles(Path.Combine(copy, "trail"), "*.jsonl").Length);
        var tail = new List<string>();
        await foreach (var piece in new RedisTrailSource(trail).TailAsync(2, default)) tail.Add(TrailLine.Read(piece.Bytes.Span)!.Record.Event);
        Assert.Equal(["token_minted", "checkpoint"], tail);
    }
}
