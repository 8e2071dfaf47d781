using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Sallyport.Gateway.Redis;
using Sallyport.Gateway.Tokens;
using StackExchange.Redis;

namespace Sallyport.Gateway.Keys;

/// <summary>The public keys of replicas that sign with SVIDs of their own, so that each one's JWK Set holds the keys of all. Of workloads with our own SPIFFE ID only.</summary>
/// <remarks>
/// <code>
///   {keys}:svids  sorted set  MAC.end.JWK, by the end of the certificate in Unix milliseconds
/// </code>
/// The MAC is by a key that Redis does not have, bound to the issuer. An entry is gone when its end has passed, by the clock of Redis.
/// </remarks>
internal sealed class SpiffePeers(KeyRingOptions options, RedisConnection redis, MacKeys macs)
{
    /// <summary>The most keys of a fleet.</summary>
    public const int MostKeys = 256;

    private const string Exchange = """
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        local text = string.format('%.0f', now)
        local kind = redis.call('TYPE', KEYS[1])['ok']
        if kind ~= 'zset' and kind ~= 'none' then redis.call('DEL', KEYS[1]) end
        redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', text)
        for i = 2, #ARGV, 2 do
          redis.call('ZADD', KEYS[1], ARGV[i], ARGV[i + 1])
          local left = ARGV[i] - now
          if left > redis.call('PTTL', KEYS[1]) then redis.call('PEXPIRE', KEYS[1], string.format('%.0f', left)) end
        end
        return redis.call('ZRANGEBYSCORE', KEYS[1], text, '+inf', 'LIMIT', 0, ARGV[1])
        """;

    private static readonly int MacChars = Base64Url.GetEncodedLength(MacKeys.MacBytes);

    private readonly MacKeys _macs = macs.For($"spiffe keys of {options.Issuer}");
    private readonly RedisKey[] _keys = [redis.Prefix + "{keys}:svids"];

    /// <summary>Publishes our keys and reads those of all.</summary>
    /// <param name="own">What our own JWK Set has.</param>
    /// <param name="now">For those that have ended.</param>
    /// <returns>Those of others, of the same SPIFFE ID.</returns>
    /// <exception cref="KeyStoreAwayException">Redis does not answer, or holds more than a fleet can have.</exception>
    public async Task<IReadOnlyList<(Jwk Key, DateTimeOffset NotAfter)>> ExchangeAsync(IReadOnlyList<RingKey> own, DateTimeOffset now)
    {
        if (own.Count == 0) return [];
        var arguments = new List<RedisValue> { MostKeys + 1 };
        foreach (var key in own.Where(key => key.NotAfter > now))
        {
            arguments.Add(key.NotAfter.ToUnixTimeMilliseconds());
            arguments.Add(Write(key));
        }

        RedisValue[]? answer;
        try
        {
            answer = (RedisValue[]?)await redis.RunAsync(RedisOperation.ShareSvidKeys, RedisConnection.BackgroundTimeout, database => database.ScriptEvaluateAsync(Exchange, _keys, [.. arguments]));
        }
        catch (RedisAwayException e)
        {
            throw new KeyStoreAwayException(e.Message, e);
        }
        catch (InvalidCastException e)
        {
            throw new KeyStoreAwayException("it answers what is none", e);
        }

        if (answer is null || answer.Length > MostKeys) throw new KeyStoreAwayException($"more than {MostKeys} keys lie in {_keys[0]}");
        var identity = own[0].KeyId[..(own[0].KeyId.IndexOf('#', StringComparison.Ordinal) + 1)];
        var others = answer.Select(entry => Read((byte[]?)entry ?? [])).OfType<(Jwk Key, DateTimeOffset NotAfter)>();
        return [.. others.Where(other => other.NotAfter > now && other.Key.KeyId == identity + other.Key.Thumbprint && !own.Any(key => key.KeyId == other.Key.KeyId))];
    }

    internal byte[] Write(RingKey key)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json)) key.Public.WriteTo(writer);
        byte[] tail = [.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{key.NotAfter.ToUnixTimeMilliseconds()}.")), .. json.WrittenSpan];
        Span<byte> mac = stackalloc byte[MacKeys.MacBytes];
        _macs.Sign(tail, mac);
        return [.. Encoding.ASCII.GetBytes(Base64Url.EncodeToString(mac)), (byte)'.', .. tail];
    }

    // What no holder of the MAC key wrote is passed over: somebody else's key is never ours.
    internal (Jwk Key, DateTimeOffset NotAfter)? Read(ReadOnlySpan<byte> entry)
    {
        if (entry.Length <= MacChars || entry[MacChars] != '.' || !StrictBase64Url.TryDecode(entry[..MacChars], out var mac) || mac.Length != MacKeys.MacBytes) return null;
        var tail = entry[(MacChars + 1)..];
        if (!_macs.Verify(tail, mac)) return null;
        if (!Utf8Parser.TryParse(tail, out long end, out var consumed) || consumed >= tail.Length || tail[consumed] != '.' || end is < 0 or > 7_258_118_400_000) return null;
        try
        {
            var key = JwkReader.Read(JsonElement.Parse(tail[(consumed + 1)..], new JsonDocumentOptions { MaxDepth = 3 }), out _, out _);
            return key is { KeyId: not null, Algorithm: { IsSymmetric: false } } ? (key, DateTimeOffset.FromUnixTimeMilliseconds(end)) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
