using System.Net;
using Sallyport.Gateway.Trust;

namespace Sallyport.Tests.Trust;

[Trait("Acceptance", "D15")]
public sealed class ForbiddenAddressTests
{
    [Theory]
    [InlineData("169.254.169.254")]
    [InlineData("169.254.0.0")]
    [InlineData("169.254.255.255")]
    [InlineData("0.0.0.0")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("fe80::1")]
    [InlineData("fe80::1%2")]
    [InlineData("febf::1")]
    [InlineData("ff02::1")]
    [InlineData("::")]
    [InlineData("fd00:ec2::254")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("::169.254.169.254")]
    [InlineData("64:ff9b::169.254.169.254")]
    [InlineData("64:ff9b:1::169.254.169.254")]
    [InlineData("64:ff9b:1:abcd::169.254.169.254")]
    [InlineData("2002:a9fe:a9fe::1")]
    public void Link_local_and_its_other_spellings_are_forbidden(string address) => Assert.True(ForbiddenAddress.Is(IPAddress.Parse(address)));

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("10.0.0.1")]
    [InlineData("192.168.1.1")]
    [InlineData("169.253.255.255")]
    [InlineData("169.255.0.0")]
    [InlineData("192.0.2.1")]
    [InlineData("2001:db8::1")]
    [InlineData("fd00::1")]
    [InlineData("fec0::1")]
    [InlineData("::ffff:192.0.2.1")]
    [InlineData("64:ff9b::192.0.2.1")]
    [InlineData("2002:c000:0201::1")]
    public void Ordinary_addresses_are_not(string address) => Assert.False(ForbiddenAddress.Is(IPAddress.Parse(address)));
}
