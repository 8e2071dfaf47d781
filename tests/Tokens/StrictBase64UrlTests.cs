using System.Buffers.Text;
using System.Text;
using Sallyport.Gateway.Tokens;

namespace Sallyport.Tests.Tokens;

public sealed class StrictBase64UrlTests
{
    [Theory]
    [Trait("Acceptance", "D16")]
    [InlineData("Zg", "Zg==")] // padding
    [InlineData("Zg", "Zg=")]
    [InlineData("Zg", "Zh")] // stray bits
    [InlineData("Zg", "Zv")]
    [InlineData("Zm8", "Zm9")]
    [InlineData("Zm8", "Zm-")]
    [InlineData("Zm9v", "Zm9vY")] // no byte string has this length
    [InlineData("Zm9v", "Y")]
    [InlineData("-_-_", "+/+/")] // the other alphabet
    [InlineData("Zm9v", "Zm 9v")] // white space
    [InlineData("Zm9v", "Zm9v\n")]
    [InlineData("Zm9v", " Zm9v")]
    [InlineData("Zm9v", "Zm9v\0")]
    [InlineData("Zm9v", "Zm9\u00e9")] // beyond ASCII; the last is a full-width letter
    [InlineData("Zm9v", "Zm9\uff56")]
    [InlineData("Zm9v", "Zm.v")]
    public void Only_the_one_canonical_spelling_decodes(string canonical, string other)
    {
        Assert.True(Decodes(canonical));
        Assert.False(Decodes(other));
    }

    [Fact]
    public void Every_byte_string_survives_and_every_other_last_character_is_refused()
    {
        var random = new Random(7515);
        for (var round = 0; round < 4000; round++)
        {
            var bytes = new byte[random.Next(0, 70)];
            random.NextBytes(bytes);
            var text = Base64Url.EncodeToString(bytes);
            Assert.True(StrictBase64Url.TryDecode(text, out byte[] decoded));
            Assert.Equal(bytes, decoded);
            Assert.True(StrictBase64Url.TryDecode(Encoding.ASCII.GetBytes(text), out decoded));
            Assert.Equal(bytes, decoded);

            // Whatever decodes at all is the spelling that encoding gives.
            var mutated = Mutation.OfText(random, text);
            if (StrictBase64Url.TryDecode(mutated, out decoded))
                Assert.Equal(mutated, Base64Url.EncodeToString(decoded));
        }
    }

    [Fact]
    public void A_buffer_that_is_too_small_is_an_answer_and_no_exception()
    {
        Assert.True(StrictBase64Url.TryDecode("Zm9v", new byte[3], out var written));
        Assert.Equal(3, written);
        Assert.False(StrictBase64Url.TryDecode("Zm9v", new byte[2], out _));
    }

    private static bool Decodes(string text)
    {
        var fromText = StrictBase64Url.TryDecode(text, out byte[] _);
        Assert.Equal(fromText, StrictBase64Url.TryDecode(Encoding.UTF8.GetBytes(text), out byte[] _));
        Assert.Equal(fromText, StrictBase64Url.TryDecode(text, new byte[64], out var _));
        return fromText;
    }
}
