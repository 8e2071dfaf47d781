using System.Runtime.Versioning;
using Sallyport.Tests.Fleet;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Ring;

/// <summary>Several processes of one machine whose ring lies in a directory.</summary>
[Collection(Fleets.Name)]
[UnsupportedOSPlatform("windows")]
public sealed class SharedDirectoryTests
{
    [Fact]
    public async Task Processes_on_one_directory_share_the_ring_and_rotate_it_together()
    {
        var directory = Directory.CreateTempSubdirectory("sallyport-ring-");
        try
        {
            await using var fleet = await IssuingFleet.StartAsync(3, issuer =>
            {
                IssuingFleet.Quick(24)(issuer);
                issuer["Keys"]!["Store"] = "File";
                issuer["Keys"]!["Directory"] = directory.FullName;
            });
            var first = await Signer(fleet);
            await Poll.Until(async () => await Signer(fleet) is { } now && now != first, TimeSpan.FromSeconds(60), "all sign with another key");
            Assert.All(directory.GetFiles(), file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, file.UnixFileMode));

            // Two were made, or three where the next one is prepared already: never one by each process.
            Assert.InRange(fleet.Gateways.Story().Split('\n').Count(line => line.Contains("key_generated", StringComparison.Ordinal)), 2, 3);
            foreach (var signer in fleet.Replicas)
            {
                var token = await fleet.Token(signer);
                foreach (var replica in fleet.Replicas) await replica.Accepts(token, "/own/1");
            }
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    /// <summary>The key that all sign with now; null while they differ.</summary>
    private static async Task<string?> Signer(IssuingFleet fleet)
    {
        var kids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var replica in fleet.Replicas) kids.Add(IssuingFleet.KidOf(await fleet.Token(replica)));
        return kids.Count == 1 ? kids.Single() : null;
    }
}
