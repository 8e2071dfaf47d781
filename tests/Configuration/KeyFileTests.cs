using System.Text.Json.Nodes;
using Sallyport.Gateway.Configuration;
using Sallyport.Gateway.Trust;

namespace Sallyport.Tests.Configuration;

public sealed class KeyFileTests : IDisposable
{
    private const string Secret = "correct-horse-battery-staple-9137";
    private readonly string _folder = Directory.CreateTempSubdirectory("sallyport-").FullName;

    [Fact]
    public void Relative_files_start_at_the_content_root()
    {
        File.WriteAllText(Path.Combine(_folder, "a.pem"), "-----BEGIN PUBLIC KEY-----");
        File.WriteAllText(Path.Combine(_folder, "b.pem"), "-----BEGIN CERTIFICATE-----");
        File.WriteAllText(Path.Combine(_folder, "secret"), Secret + "\n");

        Assert.Equal([Path.Combine(_folder, "a.pem")], Read("""{"PemFile":"a.pem"}""").Keys!.PemFiles);
        Assert.Equal([Path.Combine(_folder, "a.pem"), Path.Combine(_folder, "b.pem")], Read("""{"PemFile":["a.pem","./b.pem"]}""").Keys!.PemFiles);
        var secret = Read("""{"Secret":{"File":"secret"}}""");
        Assert.Equal(Path.Combine(_folder, "secret"), secret.Keys!.Secret!.File);
        Assert.Equal(KeySourceKind.Secret, secret.Keys.Kind);
        Assert.Equal(["HS256"], secret.Options!.TrustedIssuers[0].Algorithms);
    }

    [Theory]
    [InlineData("""{"PemFile":"missing.pem"}""", ".PemFile")]
    [InlineData("""{"PemFile":"/dev/zero"}""", ".PemFile")]
    [InlineData("""{"PemFile":"."}""", ".PemFile")]
    [InlineData("""{"PemFile":["good.pem","missing.pem"]}""", ".PemFile[1]")]
    [InlineData("""{"PemFile":[]}""", ".PemFile")]
    [InlineData("""{"PemFile":""}""", ".PemFile")]
    [InlineData("""{"PemFile":"private.pem"}""", ".PemFile")]
    [InlineData("""{"PemFile":"good.pem","Secret":{"File":"secret"}}""", "")]
    [InlineData("""{"Secret":{"File":"missing"}}""", ".Secret.File")]
    [InlineData("""{"Secret":{"File":"short"}}""", ".Secret.File")]
    [InlineData("""{"Secret":{"Environment":"SALLYPORT_TEST_UNSET"}}""", ".Secret.Environment")]
    [InlineData("""{"Secret":{"Environment":"SALLYPORT_TEST_SECRET","File":"secret"}}""", ".Secret")]
    [InlineData("""{"Secret":{}}""", ".Secret")]
    [InlineData("""{"Secret":"correct-horse-battery-staple-9137"}""", ".Secret")]
    [InlineData("""{"Secret":{"Value":"correct-horse-battery-staple-9137"}}""", ".Secret")]
    [InlineData("""{"Secret":{"Environment":"correct-horse-battery-staple-9137"}}""", ".Secret.Environment")]
    [InlineData("""{"Inline":{"keys":[]}}""", ".Inline")]
    [InlineData("""{"Inline":{}}""", ".Inline")]
    [InlineData("""{"Inline":"correct-horse-battery-staple-9137"}""", ".Inline")]
    [InlineData("""{"Inline":"{\"keys\":[],\"keys\":[{}]}"}""", ".Inline")]
    [InlineData("""{"Inline":{"kty":"OKP"}}""", ".Inline")]
    [InlineData("""{"Inline":{"keys":["correct-horse-battery-staple-9137"]}}""", ".Inline.keys[0]")]
    [InlineData("""{"Inline":{"keys":[{"kty":"EC","d":"correct-horse-battery-staple-9137"}]}}""", ".Inline.keys[0]")]
    [InlineData("""{"Inline":{"keys":[{"kty":"oct","k":"correct-horse-battery-staple-9137"}]}}""", ".Inline.keys[0]")]
    [InlineData("""{"JwksUri":"https://correct-horse-battery-staple-9137@a.example.com"}""", ".JwksUri")]
    [InlineData("""{"JwksUri":"correct-horse-battery-staple-9137"}""", ".JwksUri")]
    public void A_source_that_cannot_work_is_a_mistake_and_no_message_repeats_a_secret(string keys, string path)
    {
        File.WriteAllText(Path.Combine(_folder, "good.pem"), "-----BEGIN PUBLIC KEY-----");
        File.WriteAllText(Path.Combine(_folder, "private.pem"), "-----BEGIN EC PRIVATE KEY-----");
        File.WriteAllText(Path.Combine(_folder, "secret"), Secret);
        File.WriteAllText(Path.Combine(_folder, "short"), "correct-horse-battery\n");
        Assert.Empty(Read("""{"PemFile":["good.pem"]}""").Mistakes);
        Assert.Empty(Read("""{"Secret":{"File":"secret"}}""").Mistakes);
        Assert.Empty(Read("""{"Inline":{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}}""").Mistakes);

        var mistakes = Read(keys).Mistakes;

        Assert.Contains(mistakes, mistake => mistake.Path == "$.Sallyport.TrustedIssuers.corp.Keys" + path);
        Assert.All(mistakes, mistake => Assert.DoesNotContain("correct-horse", mistake.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public void A_secret_of_the_environment_is_found_by_its_name_and_does_not_show()
    {
        Environment.SetEnvironmentVariable("SALLYPORT_TEST_SECRET", Secret);
        try
        {
            var reading = Read("""{"Secret":{"Environment":"SALLYPORT_TEST_SECRET"}}""");
            Assert.Equal("SALLYPORT_TEST_SECRET", reading.Keys!.Secret!.Environment);
            Assert.DoesNotContain(Secret, reading.Options!.ToString() + reading.Options.TrustedIssuers[0] + reading.Keys, StringComparison.Ordinal);

            Assert.Equal("$.Sallyport.TrustedIssuers.corp.Algorithms[1]", Assert.Single(Read("""{"Secret":{"Environment":"SALLYPORT_TEST_SECRET"}}""", "[\"HS256\",\"ES256\"]").Mistakes).Path);
        }
        finally
        {
            Environment.SetEnvironmentVariable("SALLYPORT_TEST_SECRET", null);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private (GatewayOptions? Options, KeySourceOptions? Keys, IReadOnlyList<Mistake> Mistakes) Read(string keys, string? algorithms = null)
    {
        var root = new JsonObject();
        Sample.Set(root, "Sallyport TrustedIssuers corp Issuer", "\"corp\"");
        Sample.Set(root, "Sallyport TrustedIssuers corp Audiences", "[\"api\"]");
        Sample.Set(root, "Sallyport TrustedIssuers corp Keys", keys);
        if (algorithms is not null)
            Sample.Set(root, "Sallyport TrustedIssuers corp Algorithms", algorithms);
        var (options, mistakes) = GatewayConfiguration.Read(Sample.Root(root.ToJsonString()), "Production", _folder);
        return (options, options?.TrustedIssuers[0].Keys, mistakes);
    }
}
