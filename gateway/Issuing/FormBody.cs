using System.Text;

namespace Sallyport.Gateway.Issuing;

/// <summary>The parameters of a request to the token endpoint: <c>application/x-www-form-urlencoded</c>, read once and strictly.</summary>
/// <remarks>RFC 6749 section 3.2: a parameter without a value counts as left out, and none stands there twice. Only <c>audience</c> and
/// <c>resource</c> may (RFC 8693 section 2.1, RFC 8707 section 2).</remarks>
internal sealed class FormBody
{
    /// <summary>The largest body, in bytes.</summary>
    public const int MaxBytes = 16 * 1024;

    private const int MostParameters = 64;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Dictionary<string, List<string>> _values = new(StringComparer.Ordinal);

    private FormBody()
    {
    }

    /// <summary>The value; null where there is none.</summary>
    public string? this[string name] => _values.TryGetValue(name, out var values) ? values[0] : null;

    public IReadOnlyList<string> All(string name) => _values.TryGetValue(name, out var values) ? values : [];

    /// <returns>What is wrong with it, or null.</returns>
    public static TokenError? Parse(ReadOnlySpan<byte> body, out FormBody form)
    {
        form = new FormBody();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var range in body.Split((byte)'&'))
        {
            var pair = body[range];
            if (pair.IsEmpty) continue;
            var equals = pair.IndexOf((byte)'=');
            if (Decode(equals < 0 ? pair : pair[..equals]) is not { Length: > 0 } name || Decode(equals < 0 ? [] : pair[(equals + 1)..]) is not { } value) return TokenError.FormMalformed;
            var isFirst = seen.Add(name);
            if (!isFirst && name is not ("audience" or "resource")) return TokenError.ParameterRepeated;
            if (value.Length == 0) continue;
            if (!form._values.TryGetValue(name, out var values)) form._values[name] = values = [];
            values.Add(value);
            if (seen.Count > MostParameters || values.Count > MostParameters) return TokenError.FormMalformed;
        }

        return null;
    }

    /// <summary>One name or value: <c>+</c> is a space, the rest percent-encoded UTF-8. Null when it is neither.</summary>
    public static string? Decode(ReadOnlySpan<byte> text)
    {
        var buffer = new byte[text.Length];
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var value = text[i];
            if (value == '%')
            {
                if (i + 2 >= text.Length || !char.IsAsciiHexDigit((char)text[i + 1]) || !char.IsAsciiHexDigit((char)text[i + 2])) return null;
                value = Convert.FromHexString([(char)text[i + 1], (char)text[i + 2]])[0];
                i += 2;
            }
            else if (value == '+')
            {
                value = (byte)' ';
            }

            // No parameter of ours has control characters.
            if (value is < 0x20 or 0x7F) return null;
            buffer[length++] = value;
        }

        try
        {
            return Strict.GetString(buffer, 0, length);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
