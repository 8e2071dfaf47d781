using Microsoft.Extensions.Configuration;
using Sallyport.Gateway.Configuration;

namespace Sallyport.Tests.Configuration;

public class MergedArraysTests
{
    private const string Audiences = "$.Sallyport.TrustedIssuers.corp.Audiences";

    [Theory]
    [InlineData("""["a","b"]""", """["c"]""", """["c","d"]""", Audiences)]
    [InlineData("""["a"]""", """["c","d"]""", """["c"]""", Audiences)]
    [InlineData("""["a","b"]""", """[]""", """["c","d"]""", Audiences)]
    [InlineData("""["a","b"]""", """null""", """["c","d"]""", Audiences)]
    [InlineData("""["a","b"]""", """{"1":"c"}""", """{"0":"c","1":"d"}""", Audiences)]
    public void An_array_that_two_sources_mix_is_a_mistake(string earlier, string mixed, string replaced, string path)
    {
        Assert.Empty(Read(Corp(earlier), Corp(replaced)).Mistakes);

        var mistakes = Read(Corp(earlier), Corp(mixed)).Mistakes;

        var mistake = mistakes[0];
        Assert.Equal(path, mistake.Path);
        Assert.Contains("Give the whole array in one of them.", mistake.Mend, StringComparison.Ordinal);
    }

    [Fact]
    public void Arrays_of_equal_length_replace_each_other_whole()
    {
        var (options, mistakes) = Read(Corp("""["a","b"]"""), Corp("""["c","d"]"""));

        Assert.Empty(mistakes);
        Assert.Equal(["c", "d"], options!.TrustedIssuers.Single().Audiences);
    }

    [Fact]
    public void Objects_in_arrays_must_not_lend_each_other_their_keys()
    {
        static string Requests(string second) => $$$$"""{"Sallyport":{"Demonstration":{"Requests":[{"Title":"a","Path":"/"}{{{{second}}}}]}}}""";
        const string Dev = """{"Sallyport":{"Issuer":{"Issuer":"https://gateway.example.com","Keys":{"Store":"Memory"}},"TrustedIssuers":{"own":{"Audiences":["api"],"Keys":{"Own":true}}}}}""";
        const string WithClaims = """,{"Title":"b","Path":"/","Claims":{"sub":"x"}}""";
        Assert.Empty(Read(Dev, Requests(WithClaims), Requests(WithClaims)).Mistakes);

        var mistake = Assert.Single(Read(Dev, Requests(WithClaims), Requests(""",{"Title":"b","Path":"/"}""")).Mistakes);

        Assert.Equal("$.Sallyport.Demonstration.Requests", mistake.Path);
    }

    [Fact]
    public void Methods_of_a_route_must_not_show_through()
    {
        static string Route(string methods) =>
            """{"ReverseProxy":{"Routes":{"r":{"ClusterId":"c","AuthorizationPolicy":"Anonymous","Match":{"Path":"/","Methods":""" + methods + """}}},"Clusters":{"c":{}}}}""";
        Assert.Empty(Read(Route("""["GET","POST"]"""), Route("""["GET","HEAD"]""")).Mistakes);

        Assert.Equal("$.ReverseProxy.Routes.r.Match.Methods", Assert.Single(Read(Route("""["GET","POST"]"""), Route("""["GET"]""")).Mistakes).Path);
    }

    [Fact]
    public void The_mistake_names_both_sources()
    {
        var folder = Directory.CreateTempSubdirectory("sallyport-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "appsettings.json"), Corp("""["a","b"]"""));
            File.WriteAllText(Path.Combine(folder, "later.json"), Corp("""["c"]"""));
            Assert.True(ConfigurationSources.TryBuild(folder, "Production", [Path.Combine(folder, "later.json")], null, out var root, out _));
            using (root as IDisposable)
            {
                var mistake = Assert.Single(GatewayConfiguration.Read(root, "Production", folder).Mistakes);
                Assert.Contains(Path.Combine(folder, "appsettings.json"), mistake.Problem, StringComparison.Ordinal);
                Assert.Contains(Path.Combine(folder, "later.json"), mistake.Problem, StringComparison.Ordinal);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Null_in_a_later_source_takes_back_a_value_of_an_earlier_one()
    {
        const string Earlier = """{"Sallyport":{"TrustedIssuers":{"corp":{"Issuer":"https://corp","Audiences":["a"],"Keys":{"JwksUri":"https://corp/jwks"}}}}}""";
        Assert.Equal("$.Sallyport.TrustedIssuers.corp.Keys", Assert.Single(Read(Earlier, """{"Sallyport":{"TrustedIssuers":{"corp":{"Keys":{"Discovery":true}}}}}""").Mistakes).Path);
        Assert.Empty(Read(Earlier, """{"Sallyport":{"TrustedIssuers":{"corp":{"Keys":{"Discovery":true,"JwksUri":null}}}}}""").Mistakes);
    }

    private static ConfigurationReading Read(params string[] texts) =>
        GatewayConfiguration.Read(Sample.Root(texts), "Development", Path.GetTempPath());

    private static string Corp(string audiences) =>
        """{"Sallyport":{"TrustedIssuers":{"corp":{"Issuer":"https://corp.example.com","Audiences":""" + audiences + "}}}}";
}
