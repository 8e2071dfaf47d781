using System.Security.Cryptography;
using System.Text;
using Amazon.KeyManagementService;
using Algorithm = Sallyport.Gateway.Tokens.Algorithm;

namespace Sallyport.Gateway.Keys;

/// <summary>Keys that AWS KMS makes and keeps. What lies sealed in the ring is the key's name there.</summary>
/// <remarks>
/// <code>
///   1  CreateKey       tagged with the issuer, so that one that comes no further is found
///   2  GetPublicKey    its thumbprint is the kid
///   3  CreateAlias     by the template that all replicas share
///   4  the ring        its name sealed, its public half in the clear; the whole authenticated
/// </code>
/// A process that comes no further than 2 or 3 goes on there the next time; one that ends there leaves the key behind.
/// A key is found again by its sealed name, or else by its alias; in both cases it must have the ring's public half.
/// </remarks>
/// <param name="names">Seals names, for <see cref="KeySealing.KmsKeyName"/>.</param>
internal sealed partial class KmsKeyMaker(KmsOptions kms, KeyRingOptions options, KeySealing names, KmsCalls calls, TimeProvider clock, ILogger<KmsKeyMaker> logger) : IKeyMaker
{
    /// <summary>The tag that every key has: whose it is.</summary>
    public const string IssuerTag = "sallyport-issuer";

    private const string Place = "AWS KMS";
    private const int MaxTagLength = 256;

    // KMS may not know a key everywhere at once.
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(200);
    private const int Looks = 3;

    private static readonly TimeSpan Hesitation = TimeSpan.FromSeconds(30);

    // One at a time makes keys, under the lease.
    private (string Arn, KeySpec Spec)? _unfinished;
    private long? _askedAt;

    public async ValueTask<MadeKey> MakeAsync(Algorithm algorithm, CancellationToken cancellation)
    {
        var spec = KmsAlgorithms.SpecOf(algorithm, options.RsaBits)
            ?? throw new InvalidOperationException($"AWS KMS makes no keys for {algorithm} that any token could be signed with: choose an ES, RS or PS algorithm, and 2048, 3072 or 4096 bits for RSA.");
        try
        {
            if (_unfinished is { } begun && begun.Spec != spec) Forget("another algorithm is wanted by now");
            _unfinished ??= (await CreateAsync(spec, cancellation), spec);
            return await FinishAsync(_unfinished.Value.Arn, algorithm, cancellation);
        }
        catch (KmsException e)
        {
            // What is left of it is gone on with the next time: a key is paid for, used or not.
            if (e.Fault is KmsFault.NotFound or KmsFault.Unusable or KmsFault.Foreign) Forget(e.Message);
            throw new KeyStoreAwayException(e.Message, e) { Place = Place };
        }
    }

    private async Task<string> CreateAsync(KeySpec spec, CancellationToken cancellation)
    {
        if (_askedAt is { } asked && clock.GetElapsedTime(asked) < Hesitation)
            throw new KmsException(KmsFault.Away, "a key may have been made a moment ago without a word of it; so another one is not asked for yet");
        var tags = new Dictionary<string, string>(kms.Tags, StringComparer.Ordinal) { [IssuerTag] = TagOf(options.Issuer) };
        _askedAt = clock.GetTimestamp();
        try
        {
            var made = await calls.CreateKeyAsync(spec, $"Signs tokens of {options.Issuer}", tags, cancellation);
            _askedAt = null;
            return made.Arn;
        }
        catch (KmsException e) when (e.Fault is KmsFault.Denied or KmsFault.Throttled or KmsFault.NotFound or KmsFault.Unusable)
        {
            // It was refused, so it was not done.
            _askedAt = null;
            throw;
        }
    }

    private async Task<MadeKey> FinishAsync(string arn, Algorithm algorithm, CancellationToken cancellation)
    {
        var made = KmsAlgorithms.ReadPublicKey(await FirstPublicKeyAsync(arn, cancellation), algorithm)
            ?? throw new KmsException(KmsFault.Foreign, $"AWS KMS made {arn}, and sent no public key of its kind");
        await NameAsync(kms.AliasOf(made.KeyId!), arn, cancellation);
        _unfinished = null;
        Made(made.KeyId!, arn);
        return new MadeKey(made, names.Seal(made.KeyId!, Encoding.UTF8.GetBytes(arn)));
    }

    private async Task NameAsync(string alias, string arn, CancellationToken cancellation)
    {
        try
        {
            await calls.CreateAliasAsync(alias, arn, cancellation);
        }
        catch (KmsException e) when (e.Fault == KmsFault.Taken)
        {
            // By ourselves, if the answer to an earlier request was lost.
            if ((await calls.DescribeKeyAsync(alias, cancellation)).Arn != arn) throw new KmsException(KmsFault.Foreign, $"the alias {alias} is another key's");
        }
    }

    private void Forget(string why)
    {
        if (_unfinished is { } left) Orphaned(left.Arn, why);
        _unfinished = null;
    }

    public async ValueTask<(ITokenSigner? Signer, string? Problem)> OpenAsync(RingKey key, CancellationToken cancellation)
    {
        if (!KmsAlgorithms.IsMade(key.Algorithm)) return (null, $"AWS KMS has no keys for {key.Algorithm}");
        var isNamed = TryName(key, out var name, out var problem);
        try
        {
            if (isNamed) return (await SignerAsync(key, name!, cancellation), null);
        }
        catch (KmsException e)
        {
            problem = e.Message;
            if (!e.IsDefinite) return (null, problem);
        }

        // Every way to a key is as good as the public half that it leads to.
        try
        {
            return (await SignerAsync(key, kms.AliasOf(key.KeyId), cancellation), null);
        }
        catch (KmsException)
        {
            return (null, problem);
        }
    }

    public string? Reseal(RingKey key, out ReadOnlyMemory<byte> resealed)
    {
        resealed = default;
        if (!TryName(key, out var name, out var problem)) return problem;
        resealed = names.Seal(key.KeyId, Encoding.UTF8.GetBytes(name!));
        return null;
    }

    private async Task<KmsSigner> SignerAsync(RingKey key, string name, CancellationToken cancellation)
    {
        var signer = new KmsSigner(key.Public, await KmsKeyCheck.FindAsync(calls, name, key.Public, cancellation), calls, kms.Freshness, clock);
        return signer;
    }

    private bool TryName(RingKey key, out string? name, out string? problem)
    {
        name = null;
        if (!names.TryOpen(key.KeyId, key.Sealed.Span, out var opened, out problem)) return false;
        name = Encoding.UTF8.GetString(opened);
        CryptographicOperations.ZeroMemory(opened);
        return true;
    }

    private async Task<byte[]> FirstPublicKeyAsync(string arn, CancellationToken cancellation)
    {
        for (var look = 1; ; look++)
        {
            try
            {
                return await calls.GetPublicKeyAsync(arn, cancellation);
            }
            catch (KmsException e) when (e.Fault == KmsFault.NotFound && look < Looks)
            {
                await Task.Delay(Settling, clock, cancellation);
            }
        }
    }

    // What KMS takes in a tag: letters, digits, space and _ . : / = + - @
    private static string TagOf(string issuer)
    {
        var tag = new string([.. issuer.Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or ':' or '/' or '=' or '+' or '-' or '@' ? c : '_')]);
        return tag.Length <= MaxTagLength ? tag : tag[..MaxTagLength];
    }

    [LoggerMessage(9121, LogLevel.Information, "AWS KMS made the key {KeyId}: {Arn}")]
    private partial void Made(string keyId, string arn);

    [LoggerMessage(9122, LogLevel.Warning, "AWS KMS made a key that the ring does not have, and nobody needs: {Arn}. {Problem}")]
    private partial void Orphaned(string arn, string problem);
}
