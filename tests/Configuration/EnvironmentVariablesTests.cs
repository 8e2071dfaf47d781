using Microsoft.Extensions.Configuration;
using Sallyport.Gateway.Configuration;

namespace Sallyport.Tests.Configuration;

/// <summary>Changes variables of the whole process, so nothing else runs beside it.</summary>
[Collection(nameof(AloneInTheProcess))]
public sealed class EnvironmentVariablesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sallyport-").FullName;

    [Fact]
    public void A_later_source_wins()
    {
        Write("appsettings.json", """{"A":"standard","B":"standard","C":"standard","D":"standard","E":"standard"}""");
        Write("appsettings.Staging.json", """{"B":"staging","C":"staging","D":"staging","E":"staging"}""");
        Write("appsettings.Production.json", """{"A":"production"}""");
        Write("one.json", """{"D":"one","E":"one"}""");
        Write("two.json", """{"E":"two"} // the last""");
        Environment.SetEnvironmentVariable("C", "environment");
        Environment.SetEnvironmentVariable("D", "environment");
        try
        {
            using var built = Build("Staging", "one.json", "two.json");
            Assert.Equal(["standard", "staging", "environment", "one", "two"], new[] { "A", "B", "C", "D", "E" }.Select(key => built.Root[key]));
        }
        finally
        {
            Environment.SetEnvironmentVariable("C", null);
            Environment.SetEnvironmentVariable("D", null);
        }
    }

    [Fact]
    public void Environment_variables_reach_every_key()
    {
        Write("appsettings.json", """{"Sallyport":{"TrustedIssuers":{"corp":{"Issuer":"https://a.example.com","Audiences":["a"]}}}}""");
        Environment.SetEnvironmentVariable("Sallyport__TrustedIssuers__corp__Issuer", "https://b.example.com");
        Environment.SetEnvironmentVariable("SALLYPORT__TRUSTEDISSUERS__CORP__AUDIENCES__0", "b");
        try
        {
            using var built = Build("Production");
            var (options, mistakes) = GatewayConfiguration.Read(built.Root, "Production", _folder);
            Assert.Empty(mistakes);
            Assert.Equal("https://b.example.com", options!.TrustedIssuers.Single().Issuer);
            Assert.Equal(["b"], options.TrustedIssuers.Single().Audiences);
        }
        finally
        {
            Environment.SetEnvironmentVariable("Sallyport__TrustedIssuers__corp__Issuer", null);
            Environment.SetEnvironmentVariable("SALLYPORT__TRUSTEDISSUERS__CORP__AUDIENCES__0", null);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Write(string file, string text) => File.WriteAllText(Path.Combine(_folder, file), text);

    private Built Build(string environment, params string[] files)
    {
        Assert.True(ConfigurationSources.TryBuild(_folder, environment, [.. files.Select(file => Path.Combine(_folder, file))], null, out var root, out _));
        return new(root);
    }

    private sealed record Built(IConfigurationRoot Root) : IDisposable
    {
        public void Dispose() => (Root as IDisposable)?.Dispose();
    }
}
