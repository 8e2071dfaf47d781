using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Sallyport.Gateway.Trust;

/// <summary>What an issuer's shared keys are called in Redis, and what is bound into their MAC.</summary>
/// <remarks>
/// Both come from the exact <c>iss</c> and from where the keys are fetched: replicas whose configurations disagree about either
/// share nothing, and a change of the address leaves what came from the old one behind.
/// </remarks>
internal sealed class SharedName
{
    private const int IdBytes = 16;

    public SharedName(string prefix, TrustedIssuerOptions issuer)
    {
        var binding = new List<byte>();
        foreach (var part in (string[])[issuer.Issuer, issuer.Keys.Kind.ToString(), issuer.Keys.JwksUri?.AbsoluteUri ?? ""])
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            var length = new byte[sizeof(int)];
            BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
            binding.AddRange(length);
            binding.AddRange(bytes);
        }

        Binding = binding.ToArray();
        Id = Base64Url.EncodeToString(SHA256.HashData(Binding.Span).AsSpan(0, IdBytes));
        // One hash slot for both, so that one script may touch them in a cluster.
        Document = $"{prefix}{{jwks:{Id}}}:document";
        Lease = $"{prefix}{{jwks:{Id}}}:lease";
    }

    /// <summary>Short and without meaning: what the channel calls it.</summary>
    public string Id { get; }

    /// <summary>The key of the document.</summary>
    public string Document { get; }

    /// <summary>The key of the lease.</summary>
    public string Lease { get; }

    /// <summary>Issuer and source, each with its length before it.</summary>
    public ReadOnlyMemory<byte> Binding { get; }
}
