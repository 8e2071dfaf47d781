using System.Security.Cryptography;
using System.Text;
using Sallyport.Gateway.Secrets;

namespace Sallyport.Tests.Secrets;

public sealed class SecretSourceTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Theory]
    [InlineData("a secret of thirty-two characters")]
    [InlineData("ein Geheimnis mit Umläuten, wie ä")]
    public void The_line_end_of_text_is_no_part_of_the_secret(string text)
    {
        foreach (var end in (string[])["", "\n", "\r\n"])
        {
            File.WriteAllText(_file, text + end);
            Assert.True(new SecretSource(_file, Environment: null).TryRead(32, out var secret, out _));
            Assert.Equal(text, Encoding.UTF8.GetString(secret));
        }
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void Random_bytes_that_end_as_a_line_does_are_taken_whole(string end)
    {
        byte[] random = [0xC0, .. RandomNumberGenerator.GetBytes(31 - end.Length), .. Encoding.ASCII.GetBytes(end)];
        File.WriteAllBytes(_file, random);
        Assert.True(new SecretSource(_file, Environment: null).TryRead(32, out var secret, out _));
        Assert.Equal(random, secret);
    }

    [Fact]
    public void A_text_that_is_too_short_does_not_reach_the_length_by_its_line_end()
    {
        File.WriteAllText(_file, new string('x', 31) + "\n");
        Assert.False(new SecretSource(_file, Environment: null).TryRead(32, out _, out var problem));
        Assert.Contains("31 bytes", problem, StringComparison.Ordinal);
    }
}
