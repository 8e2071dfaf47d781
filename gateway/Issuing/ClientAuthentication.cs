using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Threading.RateLimiting;
using Sallyport.Gateway.Trust;

namespace Sallyport.Gateway.Issuing;

/// <summary>Finds out which client asks: <c>client_secret_basic</c> (RFC 6749 section 2.3.1) or <c>private_key_jwt</c> (RFC 7523). Nothing else.</summary>
/// <remarks>
/// A wrong secret and an unknown client cost the same time and get the same answer. A secret that is not known from before costs a hash; how
/// many of these there may be is limited by client, by address, and at once.
/// </remarks>
internal sealed class ClientAuthentication(Clients clients, ClientAssertion assertions, TimeProvider clock) : IDisposable
{
    public const int FailuresPerClient = 30;
    public const int FailuresPerAddress = 60;

    private const string Basic = "Basic ";
    private const int LongestCredentials = 4096;

    private readonly MissBudget _failures = new(FailuresPerAddress, TimeSpan.FromMinutes(1), clock);
    private readonly ConcurrencyLimiter _hashing = new(new ConcurrencyLimiterOptions
    {
        PermitLimit = Math.Max(1, Environment.ProcessorCount / 2),
        QueueLimit = 32,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    public async ValueTask<ClientProof> ProveAsync(HttpRequest request, FormBody form, CancellationToken cancellation)
    {
        var header = request.Headers.Authorization;
        var hasAssertion = form["client_assertion"] is not null || form["client_assertion_type"] is not null;
        if (header.Count > 1 || (header.Count == 1 && (hasAssertion || form["client_secret"] is not null)) || (hasAssertion && form["client_secret"] is not null))
            return TokenError.MethodsSeveral;

        ClientProof proof;
        if (header.Count == 1) proof = await BySecretAsync(header[0] ?? "", request.HttpContext.Connection.RemoteIpAddress, cancellation);
        else if (hasAssertion) proof = await ByAssertionAsync(form);
        else return form["client_secret"] is null ? TokenError.ClientMissing : TokenError.MethodUnsupported;

        // RFC 7521 section 4.2: it may be left out.
        return proof.Error is null && form["client_id"] is { } named && named != proof.Client!.Id ? new(proof.Client, TokenError.ClientMismatch) : proof;
    }

    public void Dispose() => _hashing.Dispose();

    private ValueTask<ClientProof> ByAssertionAsync(FormBody form) =>
        form["client_assertion_type"] != ClientAssertion.Type ? ValueTask.FromResult<ClientProof>(TokenError.MethodUnsupported)
        : form["client_assertion"] is { } assertion ? assertions.VerifyAsync(assertion)
        : ValueTask.FromResult<ClientProof>(TokenError.AssertionMalformed);

    private async ValueTask<ClientProof> BySecretAsync(string header, IPAddress? address, CancellationToken cancellation)
    {
        if (!header.StartsWith(Basic, StringComparison.OrdinalIgnoreCase)) return TokenError.MethodUnsupported;
        if (!TryRead(header[Basic.Length..].Trim(), out var id, out var secret)) return TokenError.CredentialsMalformed;
        try
        {
            var client = clients.Find(id);
            if (client?.SecretHash is not null && client.Remembers(secret)) return new(client, null);
            if (!_failures.TrySpend(address) || client?.TryAttempt() == false) return new(client, TokenError.AttemptsLimited);
            using var turn = await _hashing.AcquireAsync(cancellationToken: cancellation);
            if (!turn.IsAcquired) return new(client, TokenError.AttemptsLimited);
            var isRight = await Task.Run(() => (client?.SecretHash ?? clients.Nobody).Matches(secret), cancellation);
            if (!isRight || client?.SecretHash is null) return new(client, client is null ? TokenError.ClientUnknown : TokenError.SecretWrong);
            _failures.Refund(address);
            client.Remember(secret);
            return new(client, null);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>Both halves are encoded as in a form, before the colon is put between them and all is put into base64.</summary>
    private static bool TryRead(string credentials, out string id, out byte[] secret)
    {
        (id, secret) = ("", []);
        var bytes = new byte[LongestCredentials];
        if (credentials.Length > LongestCredentials || !Convert.TryFromBase64String(credentials, bytes, out var length)) return false;
        var pair = bytes.AsSpan(0, length);
        var colon = pair.IndexOf((byte)':');
        if (colon > 0 && FormBody.Decode(pair[..colon]) is { } user && FormBody.Decode(pair[(colon + 1)..]) is { Length: > 0 } password)
            (id, secret) = (user, Encoding.UTF8.GetBytes(password));
        CryptographicOperations.ZeroMemory(bytes);
        return secret.Length is > 0 and <= ClientSecretHash.MaxSecretBytes;
    }
}
