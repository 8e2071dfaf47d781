using System.Text;
using Sallyport.Gateway.Audit;

namespace Sallyport.Tests.Audit;

public sealed class TrailLineTests
{
    private static readonly AuditRecord Minted = new()
    {
        Event = AuditEvent.TokenMinted,
        Time = new DateTimeOffset(2030, 1, 2, 3, 4, 5, 678, TimeSpan.Zero),
        Actor = "billing",
        KeyId = "k",
        TokenId = "j",
        Hash = TrailLine.HashOf("token"u8),
        Subject = "spiffe://example.org/ü \"quoted\"\n\u2028<&>",
        Audiences = ["orders", "stock"],
        Expires = DateTimeOffset.FromUnixTimeSeconds(1_900_000_000),
        Reason = "client_credentials",
        SpiffeId = "spiffe://example.org/gateway",
    };

    [Fact]
    public void A_line_is_read_as_it_was_written_and_is_one_line()
    {
        var json = new TrailLine(7, Minted, TrailLine.Origin).ToJson();
        Assert.DoesNotContain((byte)'\n', json);
        var read = TrailLine.Read(json);
        Assert.NotNull(read);
        Assert.Equal((7, TrailLine.Origin), (read.Sequence, read.PreviousHash));
        Assert.Equal(Minted.Audiences, read.Record.Audiences);
        Assert.Equal(Minted with { Audiences = [] }, read.Record with { Audiences = [] });
        Assert.Equal(json, read.ToJson());
    }

    [Fact]
    public void Another_spelling_of_a_line_is_no_line()
    {
        var json = Encoding.UTF8.GetString(new TrailLine(7, Minted, TrailLine.Origin).ToJson());
        Assert.NotNull(Read(json));
        string[] others =
        [
            " " + json, json + " ", json.Replace("\"seq\":7", "\"seq\":7.0", StringComparison.Ordinal), json.Replace("\"seq\":7", "\"seq\":07", StringComparison.Ordinal), json.Replace("\"seq\":7", "\"seq\":0", StringComparison.Ordinal),
            json.Replace("\"seq\":7", "\"seq\":\"7\"", StringComparison.Ordinal), json.Replace("\"seq\":7,", "\"seq\":7,\"seq\":7,", StringComparison.Ordinal), json.Replace("billing", "\\u0062illing", StringComparison.Ordinal),
            json.Replace(".678Z", ".6780Z", StringComparison.Ordinal), json.Replace("\"actor\"", "\"who\"", StringComparison.Ordinal), json.Replace("[\"orders\"", "[5", StringComparison.Ordinal), "{}", "[]", "null", "", "\0", json[..^1],
        ];
        Assert.All(others, other => Assert.Null(Read(other)));
    }

    private static TrailLine? Read(string line) => TrailLine.Read(Encoding.UTF8.GetBytes(line));
}
