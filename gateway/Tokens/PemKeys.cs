namespace Sallyport.Gateway.Tokens;

internal static class PemKeys
{
    public static bool TryRead(string pem, out IReadOnlyList<Jwk> keys, out string? problem)
    {
        (keys, problem) = ([], "not yet");
        return false;
    }
}
