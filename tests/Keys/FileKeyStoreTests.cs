using System.Runtime.Versioning;
using Sallyport.Gateway.Keys;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Keys;

[UnsupportedOSPlatform("windows")]
public sealed class FileKeyStoreTests : KeyStoreContract
{
    private readonly FakeClock _clock = new();
    private readonly string _parent = Directory.CreateTempSubdirectory("sallyport-keys-").FullName;

    private string Folder => Path.Combine(_parent, "keys");

    public override Task DisposeAsync()
    {
        Directory.Delete(_parent, recursive: true);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task What_it_makes_is_for_its_owner_alone()
    {
        await Write(Store());

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Folder));
        var files = Directory.GetFiles(Folder);
        Assert.Equal(["lease", "lock", "ring"], files.Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All(files, file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
    }

    [Theory]
    [InlineData("", UnixFileMode.GroupRead)]
    [InlineData("", UnixFileMode.GroupExecute)]
    [InlineData("", UnixFileMode.OtherWrite)]
    [InlineData("ring", UnixFileMode.GroupRead)]
    [InlineData("ring", UnixFileMode.OtherRead)]
    [InlineData("ring", UnixFileMode.GroupWrite)]
    [InlineData("lease", UnixFileMode.OtherWrite)]
    [InlineData("lock", UnixFileMode.OtherWrite)]
    public async Task Wider_rights_are_refused_with_the_command_that_mends_them(string file, UnixFileMode more)
    {
        await Write(Store());
        var path = Path.Combine(Folder, file).TrimEnd('/');
        var mode = File.GetUnixFileMode(path);
        File.SetUnixFileMode(path, mode | more);

        var refused = await Assert.ThrowsAsync<KeyStoreAwayException>(() => Use(Store()));
        Assert.True(refused.IsPermanent);
        Assert.Contains($"chmod go= {path}", refused.Message);

        File.SetUnixFileMode(path, mode);
        await Use(Store());
    }

    [Fact]
    public async Task A_link_in_the_place_of_the_ring_is_refused()
    {
        var store = Store();
        await Write(store);
        var (ring, elsewhere) = (Path.Combine(Folder, "ring"), Path.Combine(_parent, "elsewhere"));
        File.Move(ring, elsewhere);
        File.CreateSymbolicLink(ring, elsewhere);
        Assert.Contains("is a link", (await Assert.ThrowsAsync<KeyStoreAwayException>(() => store.ReadAsync(default))).Message);

        File.Delete(ring);
        File.Move(elsewhere, ring);
        Assert.Equal(1, (await store.ReadAsync(default)).Epoch);
    }

    [Fact]
    public async Task Without_its_parent_it_is_refused()
    {
        var store = new FileKeyStore(Path.Combine(Folder, "deeper"), _clock);
        var refused = await Assert.ThrowsAsync<KeyStoreAwayException>(() => store.ReadAsync(default));
        Assert.True(refused.IsPermanent);
        await Write(Store());
        Assert.Equal(0, (await store.ReadAsync(default)).Epoch);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no number")]
    [InlineData("-4.x")]
    [InlineData("0.x")]
    [InlineData("99999999999999999999.x")]
    public async Task Garbage_in_the_place_of_the_ring_is_nobodys_ring_and_is_not_written_over(string garbage)
    {
        var store = Store();
        await Write(store);
        await File.WriteAllTextAsync(Path.Combine(Folder, "ring"), garbage);

        var read = await store.ReadAsync(default);
        Assert.Equal(garbage.Length == 0, read.Document is null);
        _clock.Advance(TimeSpan.FromMinutes(2));
        var lease = (await store.TakeLeaseAsync(TimeSpan.FromMinutes(1), default))!;
        Assert.Equal(garbage.Length == 0, await store.WriteAsync(lease, 0, 2, "x"u8.ToArray(), default));
    }

    [Fact]
    public async Task A_lease_whose_end_lies_too_far_ahead_is_over()
    {
        var store = Store();
        await Write(store);
        await File.WriteAllTextAsync(Path.Combine(Folder, "lease"), $"7.someone.{_clock.GetUtcNow().AddDays(1).ToUnixTimeMilliseconds()}");
        Assert.Equal(8, (await store.TakeLeaseAsync(TimeSpan.FromMinutes(1), default))!.Fence);
    }

    [Fact]
    public async Task A_lock_that_somebody_holds_is_waited_for()
    {
        var store = Store();
        await Write(store);
        _clock.Advance(TimeSpan.FromMinutes(2));
        Task<KeyLease?> waiting;
        await using (new FileStream(Path.Combine(Folder, "lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            waiting = store.TakeLeaseAsync(TimeSpan.FromMinutes(1), default);
            Assert.False(waiting.IsCompleted);
        }

        Assert.NotNull(await waiting);
    }

    private protected override Task<(IKeyStore One, IKeyStore Other)> OpenAsync() => Task.FromResult<(IKeyStore, IKeyStore)>((Store(), Store()));

    private protected override void Pass(TimeSpan time) => _clock.Advance(time);

    private FileKeyStore Store() => new(Folder, _clock);

    private static async Task Write(FileKeyStore store)
    {
        var lease = (await store.TakeLeaseAsync(TimeSpan.FromMinutes(1), default))!;
        Assert.True(await store.WriteAsync(lease, 0, 1, "x"u8.ToArray(), default));
    }

    private static async Task Use(FileKeyStore store)
    {
        await store.ReadAsync(default);
        await store.TakeLeaseAsync(TimeSpan.FromMinutes(1), default);
    }
}
