using Sallyport.Gateway.Configuration;

namespace Sallyport.Tests.Configuration;

public sealed class RedisSectionTests : IDisposable
{
    private const string Password = "open-sesame";

    private readonly string _folder = Directory.CreateTempSubdirectory("sallyport-mac-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Absent_or_empty_nothing_is_shared()
    {
        Assert.Null(Sample.Read(Sample.Node()).Options!.Redis);
        Assert.Null(Sample.Read(Sample.With("Sallyport Redis", "{}")).Options!.Redis);
    }

    [Fact]
    public void One_mac_key_or_several_are_read()
    {
        var one = Read($$"""{ "Configuration": "redis:6379,user=gateway,password={{Password}}", "MacKey": { "File": "{{Key("a")}}" } }""").Options!.Redis!;
        Assert.Equal("sallyport:", one.Prefix);
        Assert.Equal(TimeSpan.FromMilliseconds(50), one.Timeout);
        Assert.Equal([Path.Combine(_folder, "a")], one.MacKeys.Select(key => key.File));

        var two = Read($$"""{ "Configuration": "a:1,b:2", "Prefix": "x:", "Timeout": "00:00:01", "MacKey": [ { "File": "{{Key("b")}}" }, { "File": "{{Key("a")}}" } ] }""").Options!.Redis!;
        Assert.Equal([Path.Combine(_folder, "b"), Path.Combine(_folder, "a")], two.MacKeys.Select(key => key.File));
        Assert.Equal(TimeSpan.FromSeconds(1), two.Timeout);
        Assert.NotEqual(one, two);
    }

    [Fact]
    public void Without_a_mac_key_there_is_no_start()
    {
        var mistake = Assert.Single(Read($$"""{ "Configuration": "redis:6379,password={{Password}}" }""").Mistakes);
        Assert.Equal("$.Sallyport.Redis.MacKey", mistake.Path);
        Assert.DoesNotContain(Password, mistake.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Each_mistake_is_named_and_no_password_repeated()
    {
        Wrong("Configuration", $$"""{ "MacKey": { "File": "{{Key("a")}}" } }""");
        Wrong("Configuration", """{ "Prefix": "x:" }""");
        Wrong("Configuration", $$"""{ "Configuration": "redis:6379,password={{Password}},{{Password}}=1", "MacKey": { "File": "{{Key("a")}}" } }""");
        Wrong("Configuration", $$"""{ "Configuration": "password={{Password}}", "MacKey": { "File": "{{Key("a")}}" } }""");
        Wrong("Configuration", $$"""{ "Configuration": "redis:6379,connectTimeout={{Password}}", "MacKey": { "File": "{{Key("a")}}" } }""");
        Wrong("Prefix", $$"""{ "Configuration": "redis:6379", "Prefix": "a{b", "MacKey": { "File": "{{Key("a")}}" } }""");
        Wrong("Timeout", $$"""{ "Configuration": "redis:6379", "Timeout": "1.00:00:00", "MacKey": { "File": "{{Key("a")}}" } }""");
        Wrong("MacKey.File", """{ "Configuration": "redis:6379", "MacKey": { "File": "missing" } }""");
        Wrong("MacKey.File", $$"""{ "Configuration": "redis:6379", "MacKey": { "File": "{{Key("short", 31)}}" } }""");
        Wrong("MacKey.Environment", """{ "Configuration": "redis:6379", "MacKey": { "Environment": "SALLYPORT_TEST_NOT_SET" } }""");
        Wrong("MacKey", """{ "Configuration": "redis:6379", "MacKey": {} }""");
        Wrong("MacKey[1]", $$"""{ "Configuration": "redis:6379", "MacKey": [ { "File": "{{Key("a")}}" }, { "File": "{{Key("a")}}", "Environment": "X" } ] }""");
        Wrong("Configuraton", $$"""{ "Configuration": "redis:6379", "Configuraton": "", "MacKey": { "File": "{{Key("a")}}" } }""");
    }

    private static ConfigurationReading Read(string redis) => Sample.Read(Sample.With("Sallyport Redis", redis));

    private static void Wrong(string place, string redis)
    {
        var mistakes = Read(redis).Mistakes;
        Assert.Contains(mistakes, mistake => mistake.Path == "$.Sallyport.Redis." + place);
        Assert.All(mistakes, mistake => Assert.DoesNotContain(Password, mistake.ToString(), StringComparison.Ordinal));
    }

    private string Key(string name, int length = 32)
    {
        File.WriteAllBytes(Path.Combine(_folder, name), [.. Enumerable.Repeat((byte)'k', length)]);
        return Path.Combine(_folder, name).Replace("\\", "\\\\", StringComparison.Ordinal);
    }
}
