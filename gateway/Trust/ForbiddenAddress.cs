using System.Net;
using System.Net.Sockets;

namespace Sallyport.Gateway.Trust;

/// <summary>Addresses that a fetch of keys never connects to, whatever name led there: link-local ones, where clouds keep their metadata services.</summary>
internal static class ForbiddenAddress
{
    private static readonly IPAddress AwsMetadata = IPAddress.Parse("fd00:ec2::254");

    public static bool Is(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            if (address.IsIPv6LinkLocal || address.IsIPv6Multicast || address.Equals(AwsMetadata) || address.Equals(IPAddress.IPv6Any)) return true;
            return EmbeddedIPv4(address) is { } embedded && Is(embedded);
        }

        Span<byte> bytes = stackalloc byte[4];
        return !address.TryWriteBytes(bytes, out _) || bytes[0] == 0 || bytes[0] >= 224 || (bytes[0] == 169 && bytes[1] == 254);
    }

    // IPv4-mapped and IPv4-compatible (::ffff:0:0/96 and ::/96, RFC 4291 section 2.5.5), NAT64 (64:ff9b::/96, RFC 6052;
    // 64:ff9b:1::/48, RFC 8215), 6to4 (2002::/16, RFC 3056): the same host by another spelling.
    private static IPAddress? EmbeddedIPv4(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        var isCompatible = bytes[..12].IndexOfAnyExcept((byte)0) < 0 && !address.Equals(IPAddress.IPv6Loopback);
        var isNat64 = bytes[..12].SequenceEqual((ReadOnlySpan<byte>)[0x00, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0])
            || bytes.StartsWith((ReadOnlySpan<byte>)[0x00, 0x64, 0xff, 0x9b, 0x00, 0x01]);
        if (address.IsIPv4MappedToIPv6 || isCompatible || isNat64) return new IPAddress(bytes[12..]);
        return bytes[0] == 0x20 && bytes[1] == 0x02 ? new IPAddress(bytes.Slice(2, 4)) : null;
    }
}
