using Amazon.KeyManagementService;
using Sallyport.Gateway.Tokens;
using AwsKeyState = Amazon.KeyManagementService.KeyState;

namespace Sallyport.Gateway.Keys;

/// <summary>Whether a key in AWS KMS is the one that the ring means, and can sign now.</summary>
/// <remarks>
/// <code>
///   1  DescribeKey    it is there, enabled, and to sign with
///   2  GetPublicKey   its public half is the ring's: whatever name led to it, nobody put another key in its place
///   3  Sign, dry      this process may sign with it; nothing is signed
/// </code>
/// </remarks>
internal static class KmsKeyCheck
{
    /// <param name="name">An ARN, an id or an alias.</param>
    /// <param name="expected">As the ring has it.</param>
    /// <returns>The key's ARN.</returns>
    /// <exception cref="KmsException">It is not, or cannot, or KMS does not say.</exception>
    public static async Task<string> FindAsync(KmsCalls kms, string name, Jwk expected, CancellationToken cancellation)
    {
        var key = await kms.DescribeKeyAsync(name, cancellation);
        if (key.KeyState != AwsKeyState.Enabled || key.Enabled != true) throw new KmsException(KmsFault.Unusable, $"AWS KMS has {key.Arn} {StateOf(key.KeyState)}");
        if (key.KeyUsage != KeyUsageType.SIGN_VERIFY) throw new KmsException(KmsFault.Foreign, $"{key.Arn} is no key to sign with");

        var found = KmsAlgorithms.ReadPublicKey(await kms.GetPublicKeyAsync(key.Arn, cancellation), expected.Algorithm!);
        if (found?.Thumbprint != expected.Thumbprint) throw new KmsException(KmsFault.Foreign, $"{key.Arn} is another key than the ring's");

        await kms.TrySignAsync(key.Arn, expected.Algorithm!, cancellation);
        return key.Arn;
    }

    private static string StateOf(AwsKeyState? state) =>
        state == AwsKeyState.Disabled ? "disabled"
        : state == AwsKeyState.PendingDeletion || state == AwsKeyState.PendingReplicaDeletion ? "about to be deleted"
        : "in a state that it cannot sign in";
}
