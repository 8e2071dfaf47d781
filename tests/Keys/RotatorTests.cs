using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using Sallyport.Gateway;
using Sallyport.Gateway.Keys;
using Sallyport.Gateway.Telemetry;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Keys;

public sealed class RotatorTests
{
    [Theory]
    [InlineData("ES256")]
    [InlineData("RS256")]
    [InlineData("EdDSA")]
    public async Task A_process_with_the_memory_store_has_a_key_that_signs_once_it_has_started(string algorithm)
    {
        await using var provider = Services(algorithm);
        var rotator = provider.GetRequiredService<IHostedService>();
        await rotator.StartAsync(default);

        var ring = provider.GetRequiredService<OwnKeys>().Current!;
        Assert.Null(ring.Problem);
        var active = ring.Active!;
        Assert.Equal(active.Key.KeyId, Assert.Single(ring.Published.Keys).KeyId);
        byte[] signed = [1, 2, 3];
        Assert.True(ring.Published.Keys[0].Verify(active.Key.Algorithm, signed, ((SigningKey)active.Key).Sign(signed)));
        await rotator.StopAsync(default);
    }

    [Fact]
    public async Task A_running_process_rotates_by_itself_and_never_signs_with_what_it_does_not_publish()
    {
        await using var provider = Services("ES256", life: TimeSpan.FromSeconds(3));
        var (rotator, keys) = (provider.GetRequiredService<IHostedService>(), provider.GetRequiredService<OwnKeys>());
        var signers = new List<string>();
        keys.Listen(ring =>
        {
            if (ring.Active is not { } active) return;
            Assert.Contains(ring.Published.Keys, key => key.KeyId == active.Key.KeyId);
            if (!signers.Contains(active.Key.KeyId)) signers.Add(active.Key.KeyId);
        });
        await rotator.StartAsync(default);

        await Poll.Until(() => signers.Count >= 3, TimeSpan.FromSeconds(30));
        Assert.InRange(keys.Current!.Published.Keys.Count, 1, 3);
        await rotator.StopAsync(default);
    }

    private static ServiceProvider Services(string algorithm, TimeSpan? life = null)
    {
        var options = new KeyRingOptions
        {
            Issuer = "https://gateway.example.com",
            Store = KeyStoreKind.Memory,
            Algorithm = algorithm,
            RsaBits = 2048,
            Life = life ?? TimeSpan.FromHours(24),
            JwksMaxAge = TimeSpan.FromMilliseconds(200),
            Poll = TimeSpan.FromMilliseconds(100),
        };
        return new ServiceCollection()
            .AddLogging()
            .AddSingleton<GatewayMetrics>()
            .AddSingleton<IHostEnvironment>(new HostingEnvironment { EnvironmentName = Environments.Production })
            .AddKeyRing(options)
            .AddHostedService<KeyRotator>()
            .BuildServiceProvider();
    }
}
