using System.Reflection;
using System.Runtime.InteropServices;

namespace Sallyport.Gateway.Tokens;

/// <summary>
/// The few EVP calls of OpenSSL's libcrypto that Ed25519 needs. .NET on Linux loads the library anyway; elsewhere it may be
/// missing, so ask <see cref="IsLoaded"/> before any call.
/// </summary>
internal static partial class LibCrypto
{
    /// <summary>EVP_PKEY_ED25519.</summary>
    public const int Ed25519 = 1087;

    private const string Name = "libcrypto";

    private static readonly string[] FileNames =
    [
        "libcrypto.so.3", "libcrypto.so.1.1", "libcrypto.so",
        "libcrypto.3.dylib", "libcrypto.1.1.dylib",
        "libcrypto-3-x64.dll", "libcrypto-3-arm64.dll", "libcrypto-3.dll", "libcrypto-1_1-x64.dll",
    ];

    private static readonly nint Library = Load();

    /// <summary>Whether the library was found.</summary>
    public static bool IsLoaded => Library != 0;

    /// <summary>Whether the library was found and has all these functions.</summary>
    public static bool HasAll(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            if (Library == 0 || !NativeLibrary.TryGetExport(Library, name, out _))
                return false;
        return true;
    }

    [LibraryImport(Name, EntryPoint = "EVP_PKEY_new_raw_public_key")]
    internal static partial EvpKey NewPublicKey(int type, nint engine, ReadOnlySpan<byte> key, nuint length);

    [LibraryImport(Name, EntryPoint = "EVP_PKEY_new_raw_private_key")]
    internal static partial EvpKey NewPrivateKey(int type, nint engine, ReadOnlySpan<byte> key, nuint length);

    [LibraryImport(Name, EntryPoint = "EVP_PKEY_get_raw_public_key")]
    internal static partial int GetPublicKey(EvpKey key, Span<byte> publicKey, ref nuint length);

    [LibraryImport(Name, EntryPoint = "EVP_PKEY_free")]
    internal static partial void FreeKey(nint key);

    [LibraryImport(Name, EntryPoint = "EVP_MD_CTX_new")]
    internal static partial EvpContext NewContext();

    [LibraryImport(Name, EntryPoint = "EVP_MD_CTX_free")]
    internal static partial void FreeContext(nint context);

    [LibraryImport(Name, EntryPoint = "EVP_DigestVerifyInit")]
    internal static partial int VerifyInit(EvpContext context, nint keyContext, nint digest, nint engine, EvpKey key);

    [LibraryImport(Name, EntryPoint = "EVP_DigestVerify")]
    internal static partial int Verify(EvpContext context, ReadOnlySpan<byte> signature, nuint signatureLength, ReadOnlySpan<byte> data, nuint length);

    [LibraryImport(Name, EntryPoint = "EVP_DigestSignInit")]
    internal static partial int SignInit(EvpContext context, nint keyContext, nint digest, nint engine, EvpKey key);

    [LibraryImport(Name, EntryPoint = "EVP_DigestSign")]
    internal static partial int Sign(EvpContext context, Span<byte> signature, ref nuint signatureLength, ReadOnlySpan<byte> data, nuint length);

    // A failed call leaves an entry in the thread's queue, where a later OpenSSL call of .NET would find it.
    [LibraryImport(Name, EntryPoint = "ERR_clear_error")]
    internal static partial void ClearErrors();

    private static nint Load()
    {
        var assembly = typeof(LibCrypto).Assembly;
        NativeLibrary.SetDllImportResolver(assembly, Resolve);
        foreach (var name in FileNames)
        {
            if (NativeLibrary.TryLoad(name, assembly, null, out var handle))
                return handle;
        }

        return 0;
    }

    // 0 leaves every other library of the assembly to the ordinary search.
    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) =>
        string.Equals(name, Name, StringComparison.Ordinal) ? Library : 0;
}
