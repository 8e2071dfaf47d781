using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Sallyport.Gateway.Identity;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Identity;

/// <summary>Identities from three files that somebody else writes.</summary>
public sealed class SvidFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sallyport-svid-").FullName;
    private readonly SpiffeCa _ca = new();
    private readonly SvidFileNames _files;

    public SvidFilesTests() => _files = new(Path.Combine(_folder, "svid.pem"), Path.Combine(_folder, "svid_key.pem"), Path.Combine(_folder, "bundle.pem"));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_spiffe_helper_writes_is_taken_and_taken_anew()
    {
        var (first, next) = (_ca.Under().Issue(), _ca.Issue(shape: new SvidShape { Key = "RSA-2048" }));
        Write(first);
        await using var feed = RunningFeed.Of(_files);
        await feed.Takes(first);
        Write(next);
        await feed.Takes(next);
        Assert.Equal("RS256", feed.Own.Current!.Svid.Algorithm.Name);
        Assert.DoesNotContain("PRIVATE KEY", feed.Logs.Everything, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_that_come_later_are_waited_for()
    {
        await using var feed = RunningFeed.Of(_files);
        await feed.Tells("svid.pem");
        var svid = _ca.Issue();
        File.WriteAllText(_files.Certificate, svid.ChainPem);
        await feed.Tells("bundle.pem");
        Write(svid);
        await feed.Takes(svid);
        Assert.Null(feed.Own.Problem);
    }

    [Fact]
    public async Task What_is_half_written_changes_nothing()
    {
        var (first, next) = (_ca.Issue(), _ca.Issue());
        Write(first);
        await using var feed = RunningFeed.Of(_files);
        await feed.Takes(first);

        File.WriteAllText(_files.Certificate, next.ChainPem);
        await feed.Tells("private key does not fit");
        await feed.Takes(first);
        File.WriteAllText(_files.Key, next.KeyPem[..40]);
        await feed.Tells("PRIVATE KEY");
        await feed.Takes(first);
        File.WriteAllText(_files.Key, next.KeyPem);
        await feed.Takes(next);
        Assert.Null(feed.Own.Problem);

        // And back: what is there is well again.
        File.Delete(_files.Bundle);
        await feed.Tells("bundle.pem");
        File.WriteAllText(_files.Bundle, _ca.Pem);
        await Poll.Until(() => feed.Own.Problem is null);
        Assert.Equal(2, feed.Changes);
    }

    [Fact]
    public async Task One_look_at_what_does_not_fit_is_no_news()
    {
        var (first, next) = (_ca.Issue(), _ca.Issue());
        Write(first);
        var own = new OwnIdentity(TimeProvider.System);
        var intake = new IdentityIntake(own, LoggerFactory.Create(_ => { }).CreateLogger<IdentityIntake>());
        var files = new SvidFiles(_files, null, TimeProvider.System);
        files.Look(intake);
        Assert.NotNull(own.Current);
        File.WriteAllText(_files.Key, next.KeyPem);
        files.Look(intake);
        Assert.Null(own.Problem);
        files.Look(intake);
        Assert.NotNull(own.Problem);
        File.WriteAllText(_files.Certificate, next.ChainPem);
        files.Look(intake);
        Assert.Null(own.Problem);
        Assert.Equal(next.Chain[0], own.Current.Svid.Chain[0]);
        await Task.CompletedTask;
    }

    [Fact]
    public async Task A_new_bundle_is_taken_with_the_old_certificate()
    {
        var svid = _ca.Issue();
        Write(svid);
        await using var feed = RunningFeed.Of(_files);
        await feed.Takes(svid);
        File.WriteAllText(_files.Bundle, "a remark\n" + _ca.Pem + new SpiffeCa().Pem);
        await Poll.Until(() => feed.Own.Current!.Bundles.Find(feed.Own.Current.Svid.Id.TrustDomain)!.Certificates.Count == 2);
    }

    [Fact]
    public async Task Only_the_identity_that_is_wanted_is_taken()
    {
        var (right, wrong) = (_ca.Issue("/gateway"), _ca.Issue("/other"));
        Write(wrong);
        await using var feed = RunningFeed.Of(_files, "spiffe://example.org/gateway");
        await feed.Tells("names spiffe://example.org/other, not spiffe://example.org/gateway");
        Write(right);
        await feed.Takes(right);
    }

    [Fact]
    public async Task A_key_that_everybody_can_read_is_told_and_works()
    {
        var (first, next) = (_ca.Issue(), _ca.Issue());
        Write(first);
        await using var feed = RunningFeed.Of(_files);
        await feed.Takes(first);
        Assert.DoesNotContain(feed.Logs.Entries, entry => entry.Level >= LogLevel.Warning);
        Mode(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        await Poll.Until(() => feed.Logs.Has(LogLevel.Warning, "Everybody on this machine can read"));
        Write(next);
        await feed.Takes(next);
    }

    [Fact]
    public async Task Files_behind_links_are_read_and_their_own_mode_counts()
    {
        // As Kubernetes mounts a volume: the names are links, and one link more is exchanged.
        var (first, next) = (_ca.Issue(), _ca.Issue());
        var (one, two, now) = (Path.Combine(_folder, "one"), Path.Combine(_folder, "two"), Path.Combine(_folder, "now"));
        foreach (var (folder, svid) in new[] { (one, first), (two, next) })
        {
            Directory.CreateDirectory(folder);
            Write(svid);
            foreach (var file in (string[])[_files.Certificate, _files.Key, _files.Bundle]) File.Move(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        File.CreateSymbolicLink(now, one);
        foreach (var file in (string[])[_files.Certificate, _files.Key, _files.Bundle]) File.CreateSymbolicLink(file, Path.Combine(now, Path.GetFileName(file)));
        await using var feed = RunningFeed.Of(_files);
        await feed.Takes(first);
        Assert.DoesNotContain(feed.Logs.Entries, entry => entry.Level >= LogLevel.Warning);
        File.Delete(now);
        File.CreateSymbolicLink(now, two);
        await feed.Takes(next);
    }

    [Theory]
    [InlineData("svid.pem", "")]
    [InlineData("svid.pem", "-----BEGIN CERTIFICATE-----\nAAAA")]
    [InlineData("svid.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    [InlineData("svid_key.pem", "")]
    [InlineData("svid_key.pem", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")]
    [InlineData("svid_key.pem", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n")]
    [InlineData("svid_key.pem", "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n")]
    [InlineData("bundle.pem", "")]
    [InlineData("bundle.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    public async Task Each_file_is_named_when_it_is_wrong(string file, string content)
    {
        var svid = _ca.Issue();
        Write(svid);
        File.WriteAllText(Path.Combine(_folder, file), content);
        await using var feed = RunningFeed.Of(_files);
        await feed.Tells(file is "svid_key.pem" && content.Contains("N PRIVATE", StringComparison.Ordinal) ? "private key" : file);
        Assert.Null(feed.Own.Current);
        Write(svid);
        await feed.Takes(svid);
    }

    [Theory]
    [InlineData("two keys")]
    [InlineData("a key beside the certificates")]
    [InlineData("a key among the bundle")]
    [InlineData("too large")]
    [InlineData("more roots than a bundle has")]
    public async Task What_does_not_belong_there_is_refused(string how)
    {
        var svid = _ca.Issue();
        Write(svid);
        switch (how)
        {
            case "two keys": File.AppendAllText(_files.Key, _ca.Issue().KeyPem); break;
            case "a key beside the certificates": File.AppendAllText(_files.Certificate, svid.KeyPem); break;
            case "a key among the bundle": File.AppendAllText(_files.Bundle, svid.KeyPem); break;
            case "too large": File.AppendAllText(_files.Bundle, new string('#', 1 << 20)); break;
            default: File.WriteAllText(_files.Bundle, string.Concat(Enumerable.Repeat(_ca.Pem, TrustBundle.MostCertificates + 1))); break;
        }

        await using var feed = RunningFeed.Of(_files);
        await Poll.Until(() => feed.Own.Problem is not null);
        Assert.Null(feed.Own.Current);
        Write(svid);
        await feed.Takes(svid);
    }

    [Fact]
    public void Whatever_stands_in_the_files_is_taken_or_told()
    {
        var random = new Random(5);
        var (svid, own) = (_ca.Under().Issue(), new OwnIdentity(TimeProvider.System));
        var intake = new IdentityIntake(own, LoggerFactory.Create(_ => { }).CreateLogger<IdentityIntake>());
        string[] names = [_files.Certificate, _files.Key, _files.Bundle];
        for (var round = 0; round < 400; round++)
        {
            Write(svid);
            var file = names[random.Next(names.Length)];
            var bytes = File.ReadAllBytes(file);
            for (var i = random.Next(1, 6); i > 0 && bytes.Length > 0; i--)
            {
                var at = random.Next(bytes.Length);
                switch (random.Next(5))
                {
                    case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                    case 1: bytes[at] = (byte)random.Next(256); break;
                    case 2: bytes = bytes[..at]; break;
                    case 3: bytes = [.. bytes[..at], .. bytes[random.Next(bytes.Length)..]]; break;
                    default: bytes = [.. bytes[..at], .. RandomNumberGenerator.GetBytes(8), .. bytes[at..]]; break;
                }
            }

            File.WriteAllBytes(file, bytes);
            var files = new SvidFiles(_files, null, TimeProvider.System);
            files.Look(intake);
            // Taken means: the very same certificate and key; nothing of what was changed counts.
            if (own.Problem is null) Assert.Equal(svid.Chain[0], own.Last!.Svid.Chain[0]);
        }

        Assert.NotNull(own.Last);
        Assert.NotNull(own.Problem);
    }

    private void Write(IssuedSvid svid)
    {
        File.WriteAllText(_files.Certificate, svid.ChainPem);
        File.WriteAllText(_files.Key, svid.KeyPem);
        Mode(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllText(_files.Bundle, _ca.Pem);
    }

    private void Mode(UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(_files.Key, mode);
    }
}
