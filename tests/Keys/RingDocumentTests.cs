using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Sallyport.Gateway.Keys;
using Sallyport.Gateway.Redis;

namespace Sallyport.Tests.Keys;

public sealed class RingDocumentTests
{
    private static readonly byte[] Kek = RandomNumberGenerator.GetBytes(32);
    private static readonly DateTimeOffset Start = RingKit.Start;

    private readonly RingDocument _document = new(KeyEncryptionKeys.Of(Kek), RingKit.Issuer);
    private readonly KeyRing _ring = Sample();

    [Fact]
    public void What_was_written_is_read_with_every_fact()
    {
        var bytes = _document.Write(_ring);
        Assert.True(_document.TryRead(bytes, _ring.Epoch, out var read, out var problem), problem);
        Assert.Equal(bytes, _document.Write(read));
        Assert.Equal(_ring.Keys.Select(key => (key.KeyId, key.State, key.NotAfter, key.RevokedReason)), read.Keys.Select(key => (key.KeyId, key.State, key.NotAfter, key.RevokedReason)));
        Assert.Equal(_ring.Active!.Sealed.ToArray(), read.Active!.Sealed.ToArray());
    }

    [Fact]
    public void A_document_of_another_key_or_issuer_or_with_a_changed_byte_is_no_ring()
    {
        var bytes = _document.Write(_ring);
        Refused(new RingDocument(KeyEncryptionKeys.Of(RandomNumberGenerator.GetBytes(32)), RingKit.Issuer), bytes, "authenticates");
        Refused(new RingDocument(KeyEncryptionKeys.Of(Kek), RingKit.Issuer + "/"), bytes, "authenticates");
        for (var at = 0; at < bytes.Length; at++)
        {
            var changed = (byte[])bytes.Clone();
            changed[at] ^= 1;
            Assert.False(_document.TryRead(changed, _ring.Epoch, out _, out _), $"byte {at}");
            if (at % 7 == 0) Assert.False(_document.TryRead(bytes.AsSpan(0, at), _ring.Epoch, out _, out _), $"length {at}");
        }

        Assert.False(_document.TryRead(bytes, _ring.Epoch + 1, out _, out var problem));
        Assert.Contains("epoch", problem);
        Assert.True(_document.TryRead(bytes, _ring.Epoch, out _, out _));
    }

    [Fact]
    public void Any_of_the_key_encryption_keys_authenticates_it()
    {
        var other = RandomNumberGenerator.GetBytes(32);
        var bytes = _document.Write(_ring);
        Assert.True(new RingDocument(KeyEncryptionKeys.Of(other, Kek), RingKit.Issuer).TryRead(bytes, _ring.Epoch, out _, out _));
        Assert.False(new RingDocument(KeyEncryptionKeys.Of(other), RingKit.Issuer).TryRead(bytes, _ring.Epoch, out _, out _));
    }

    // By somebody who has the key: the parser is no less strict for it.
    [Theory]
    [InlineData("it is not an object of a ring", "more", "1")]
    [InlineData("it is of another issuer", "issuer", "\"https://other.example\"")]
    [InlineData("it is of another issuer", "issuer", "7")]
    [InlineData("it is not valid JSON", "issuer", "\"\\ud800\"")]
    [InlineData("its epoch is out of range", "epoch", "0")]
    [InlineData("its epoch is out of range", "epoch", "-1")]
    [InlineData("its epoch is out of range", "epoch", "1.5")]
    [InlineData("its epoch is out of range", "epoch", "99999999999999999999")]
    [InlineData("it has no array of keys", "keys", "{}")]
    [InlineData("it is not an object of a key", "keys.0", "[]")]
    [InlineData("it is not an object of a key", "keys.0.more", "1")]
    [InlineData("its state is unknown", "keys.0.state", "\"Active\"")]
    [InlineData("its state is unknown", "keys.0.state", "1")]
    [InlineData("its times do not fit its state", "keys.0.state", "\"prepared\"")]
    [InlineData("times is missing or out of range", "keys.0.notAfter", "null")]
    [InlineData("times is missing or out of range", "keys.0.notAfter", "-1")]
    [InlineData("times is missing or out of range", "keys.0.notAfter", "1e99")]
    [InlineData("times is missing or out of range", "keys.0.preparedAt", "9223372036854775807")]
    [InlineData("times is missing or out of range", "keys.0.activatedAt", "\"x\"")]
    [InlineData("its reason is none", "keys.0.revokedReason", "\"x\"")]
    [InlineData("one of its marks is not true", "keys.0.emergency", "1")]
    [InlineData("its public key is none", "keys.0.public", "{}")]
    [InlineData("its public key is none", "keys.0.public.d", "\"AAAA\"")]
    [InlineData("its public key is none", "keys.0.public.alg", "\"HS256\"")]
    [InlineData("its kid is not its thumbprint", "keys.0.public.kid", "\"another\"")]
    [InlineData("its private half is not sealed", "keys.0.sealed", "\"=\"")]
    [InlineData("its private half is not sealed", "keys.0.sealed", "7")]
    [InlineData("it lacks its private half", "keys.0.sealed", "\"\"")]
    [InlineData("it is not valid JSON", "keys.0.public.kid", "{\"a\":{\"b\":{\"c\":1}}}")]
    public void Authentic_nonsense_is_refused(string problem, string path, string value)
    {
        var json = Json();
        Set(json, path.Split('.'), value == "null" ? null : value);
        var text = json.ToJsonString().Replace("\"%RAW%\"", value, StringComparison.Ordinal);
        Refused(_document, Signed(text), problem);
        Assert.True(_document.TryRead(Signed(Json().ToJsonString()), _ring.Epoch, out _, out var fine), fine);
    }

    [Fact]
    public void Repeats_and_excesses_are_refused()
    {
        var json = Json();
        var key = json["keys"]![0]!;
        Refused(_document, Signed(With(key.DeepClone())), "two of its keys have one kid");
        var second = Sample();
        Refused(_document, Signed(With(Json(second)["keys"]!.AsArray().Single(k => (string)k!["state"]! == "active")!.DeepClone())), "two of its keys are active");
        Refused(_document, Signed(With([.. Enumerable.Range(0, KeyRing.MaxKeys).Select(_ => key.DeepClone())])), "more than 64 keys");
        Refused(_document, Signed(Json().ToJsonString().Replace("\"epoch\":", "\"epoch\":7,\"epoch\":", StringComparison.Ordinal)), "not valid JSON");
        Refused(_document, Signed(new string('[', 5000)), "not valid JSON");
        Refused(_document, Signed(Json().ToJsonString() + "x"), "not valid JSON");
        Refused(_document, new byte[RingDocument.MaxBytes + 1], "no document");
        Refused(_document, [], "no document");

        string With(params JsonNode[] more)
        {
            var changed = Json();
            foreach (var entry in more) changed["keys"]!.AsArray().Add(entry);
            return changed.ToJsonString();
        }
    }

    private static KeyRing Sample()
    {
        var ring = RingKit.Rotated(KeyRing.Empty(RingKit.Issuer), Start);
        var half = Start + (RingKit.Options.Life / 2);
        var next = RingKit.Rotated(RingKit.Rotated(ring, half), Start + (RingKit.Options.Life / 6 * 5));
        next = next.Prepare(RingKit.Prepared(half, half.AddDays(1), "EdDSA", isByOperator: true));
        return KeyRing.Of(next.Issuer, 7, next.Revoke(ring.Active!.KeyId, half, "lost, \u2028 \"laptop\"").Keys.OrderBy(key => key.State != KeyState.Active)) with { };
    }

    // The active key is the first of the array, whatever its age.
    private JsonObject Json() => Json(_ring);

    private JsonObject Json(KeyRing ring)
    {
        var text = _document.Write(ring);
        var json = (JsonObject)JsonNode.Parse(text.AsSpan(3 + 43 + 1))!;
        var keys = json["keys"]!.AsArray();
        var active = keys.Single(key => (string)key!["state"]! == "active");
        keys.Remove(active);
        keys.Insert(0, active);
        return json;
    }

    private static void Set(JsonNode json, string[] path, string? value)
    {
        var node = json;
        foreach (var part in path[..^1]) node = int.TryParse(part, out var index) ? node[index]! : node[part]!;
        JsonNode? changed = value is null ? null : JsonValue.Create("%RAW%");
        if (int.TryParse(path[^1], out var at)) node[at] = changed;
        else if (changed is null) node.AsObject().Remove(path[^1]);
        else node[path[^1]] = changed;
    }

    private static byte[] Signed(string json)
    {
        var mac = new byte[MacKeys.MacBytes];
        new MacKeys(KeyEncryptionKeys.Of(Kek).Derive("sallyport key ring", RingKit.Issuer)).Sign(Encoding.UTF8.GetBytes("v1." + json), mac);
        return Encoding.UTF8.GetBytes($"v1.{Base64Url.EncodeToString(mac)}.{json}");
    }

    private void Refused(RingDocument document, byte[] bytes, string expected)
    {
        Assert.False(document.TryRead(bytes, _ring.Epoch, out var ring, out var problem));
        Assert.Null(ring);
        Assert.Contains(expected, problem);
    }
}
