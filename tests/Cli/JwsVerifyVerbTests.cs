using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Cli;

public sealed class JwsVerifyVerbTests
{
    private readonly TestKey _key = TestKey.New("ES256");

    [Theory]
    [InlineData("ES256")]
    [InlineData("ES384")]
    [InlineData("ES512")]
    [InlineData("RS256")]
    [InlineData("PS384")]
    [InlineData("EdDSA")]
    public async Task Every_public_algorithm_is_checked(string algorithm)
    {
        var key = TestKey.New(algorithm);
        var jws = key.Sign($$"""{"alg":"{{algorithm}}"}""", "any bytes");
        var answers = await Answers(Line(1, Set(key), jws), Line(2, Set(TestKey.New(algorithm)), jws));
        Assert.Equal((true, "valid"), (answers[0].Valid, answers[0].Reason));
        Assert.Equal((false, "signature_invalid"), (answers[1].Valid, answers[1].Reason));
    }

    [Fact]
    public async Task A_vector_of_an_RFC_is_valid()
    {
        var vector = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Rfc", "rfc7515-a3-es256.json")))!;
        var jwks = new JsonObject { ["keys"] = new JsonArray(vector["key"]!.DeepClone()) };
        Assert.True((await Answers(Line("a3", jwks, vector["jws"]!.GetValue<string>())))[0].Valid);
    }

    [Fact]
    public async Task Symmetric_keys_are_never_used()
    {
        var secret = TestKey.New("HS256");
        var jws = secret.Sign("""{"alg":"HS256"}""", "{}");
        var oct = new JsonObject { ["kty"] = "oct", ["k"] = System.Buffers.Text.Base64Url.EncodeToString(secret.Secret) };
        Assert.Equal("algorithm_not_allowed", (await Answers(Line(1, TokenForge.Set(oct), jws)))[0].Reason);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("1.50")]
    [InlineData("\"text \\u00e9\"")]
    [InlineData("null")]
    [InlineData("[1, {\"a\": \"b\"}]")]
    [InlineData("123456789012345678901234567890")]
    public async Task The_id_comes_back_as_it_was_written(string id)
    {
        var result = await Run($"{{\"id\":{id},\"jwks\":{{\"keys\":[]}},\"jws\":\"a.b.c\"}}");
        Assert.Equal($"{{\"id\":{id},\"valid\":false,\"reason\":\"token_malformed\"}}", result.TrimEnd());
    }

    [Fact]
    public async Task Bad_lines_are_answered_in_their_place_and_end_nothing()
    {
        var good = Line("good", Set(_key), _key.Sign("""{"alg":"ES256"}""", "{}"));
        string[] bad =
        [
            "not json", "[]", "1", "{", """{"id":"x"}""", """{"id":"x","jws":"a.b.c"}""", """{"id":"x","jwks":{"keys":[]},"jws":5}""",
            """{"id":"x","id":"y","jwks":{"keys":[]},"jws":"a.b.c"}""", "\0\x01", string.Concat(Enumerable.Repeat("[", 5000)),
        ];
        var answers = await Answers([good, .. bad, good]);
        Assert.Equal(bad.Length + 2, answers.Count);
        Assert.True(answers[0].Valid && answers[^1].Valid);
        Assert.All(answers.Skip(1).Take(bad.Length), answer => Assert.Equal((false, "input_malformed"), (answer.Valid, answer.Reason)));
    }

    [Theory]
    [InlineData("5", "jwks_malformed")]
    [InlineData("{}", "jwks_malformed")]
    [InlineData("{\"keys\":5}", "jwks_malformed")]
    [InlineData("{\"keys\":[]}", "kid_missing")]
    [InlineData("{\"keys\":[5,{\"kty\":\"EC\"}]}", "kid_missing")]
    public async Task A_set_that_is_no_set_is_told_apart_from_one_without_a_usable_key(string jwks, string reason)
    {
        var jws = _key.Sign("""{"alg":"ES256"}""", "{}");
        var result = await Run($"{{\"id\":1,\"jwks\":{jwks},\"jws\":\"{jws}\"}}");
        Assert.Equal(reason, JsonDocument.Parse(result).RootElement.GetProperty("reason").GetString());
    }

    [Fact]
    public async Task Byte_order_mark_line_ends_and_empty_lines_do_not_matter()
    {
        var good = Line(1, Set(_key), _key.Sign("""{"alg":"ES256"}""", "{}"));
        var result = await Run($"\uFEFF{good}\r\n\r\n   \n\n{good}");
        Assert.Equal(2, result.Split("\"valid\":true").Length - 1);
        Assert.Equal(2, result.TrimEnd().Split('\n').Length);
    }

    [Fact]
    public async Task Lines_that_are_too_long_are_answered_without_being_read()
    {
        var good = Encoding.UTF8.GetBytes(Line("good", Set(_key), _key.Sign("""{"alg":"ES256"}""", "{}")));
        byte[] huge = [.. Enumerable.Repeat((byte)'x', 9 * 1024 * 1024)];
        var answers = Parse((await Verb.RunAsync([.. good, (byte)'\n', .. huge, (byte)'\n', .. good], "jws", "verify", "--batch", "-")).Output);
        Assert.Equal([true, false, true], answers.Select(answer => answer.Valid));
    }

    [Fact]
    public async Task Mutated_lines_are_answered_one_for_one_and_never_wrongly_valid()
    {
        var good = Encoding.UTF8.GetBytes(Line(1, Set(_key), _key.Sign("""{"alg":"ES256"}""", "{}")));
        var signature = Encoding.UTF8.GetString(good).LastIndexOf('.') + 1;
        var random = new Random(11);
        using var batch = new MemoryStream();
        const int Lines = 2000;
        for (var i = 0; i < Lines; i++)
        {
            var line = (byte[])good.Clone();
            // Anything but a line end anywhere, then a letter of the signature changed, last, so that nothing puts it back: never valid.
            for (var n = random.Next(4); n > 0; n--)
            {
                var value = (byte)random.Next(256);
                line[random.Next(line.Length)] = value == '\n' ? (byte)'"' : value;
            }

            var letter = signature + random.Next(80);
            line[letter] = good[letter] == (byte)'A' ? (byte)'B' : (byte)'A';
            batch.Write(line);
            batch.WriteByte((byte)'\n');
        }

        var answers = Parse((await Verb.RunAsync(batch.ToArray(), "jws", "verify", "--batch", "-")).Output);
        Assert.Equal(Lines, answers.Count);
        Assert.DoesNotContain(answers, answer => answer.Valid);
    }

    [Fact]
    public async Task The_binary_answers_a_file_in_its_order()
    {
        var jws = _key.Sign("""{"alg":"ES256"}""", "{}");
        var lines = Enumerable.Range(0, 500).Select(i => Line(i, Set(i % 2 == 0 ? _key : TestKey.New("EdDSA")), jws));
        var result = await GatewayProcess.RunAsync(["jws", "verify", "--batch", "batch.jsonl"], files: new Dictionary<string, string> { ["batch.jsonl"] = string.Join('\n', lines) });
        Assert.Equal(0, result.ExitCode);
        Assert.Equal("", result.Errors);
        var answers = Parse(result.Output);
        Assert.Equal(Enumerable.Range(0, 500).Select(i => (i.ToString(), i % 2 == 0)), answers.Select(answer => (answer.Id, answer.Valid)));
    }

    private static JsonObject Set(TestKey key) => TokenForge.Set(key.PublicJwk());

    private static string Line(JsonNode id, JsonObject jwks, string jws) => new JsonObject { ["id"] = id, ["jwks"] = jwks, ["jws"] = jws }.ToJsonString();

    private static async Task<string> Run(string batch)
    {
        var result = await Verb.RunAsync(batch, "jws", "verify", "--batch", "-");
        Assert.Equal(0, result.ExitCode);
        return result.Output;
    }

    private static async Task<List<Answer>> Answers(params string[] lines) => Parse(await Run(string.Join('\n', lines)));

    private static List<Answer> Parse(string output) =>
    [
        .. output.TrimEnd().Split('\n').Select(line =>
        {
            using var answer = JsonDocument.Parse(line);
            var root = answer.RootElement;
            return new Answer(root.GetProperty("id").GetRawText(), root.GetProperty("valid").GetBoolean(), root.GetProperty("reason").GetString());
        }),
    ];

    private sealed record Answer(string Id, bool Valid, string? Reason);
}
