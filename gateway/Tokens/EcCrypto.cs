using System.Runtime.InteropServices;

namespace Sallyport.Gateway.Tokens;

/// <summary>
/// The calls of OpenSSL's libcrypto that reckon with points of a curve. Newer versions call them deprecated, and a later one may drop them, so ask
/// <see cref="IsThere"/> before any call.
/// </summary>
internal static partial class EcCrypto
{
    /// <summary>NID_X9_62_prime256v1.</summary>
    public const int P256 = 415;

    private const string Name = "libcrypto";

    /// <summary>Whether all of them are there. Not where libcrypto is confined to what FIPS 140 approves: these calls would go round it.</summary>
    public static bool IsThere { get; } = LibCrypto.HasAll(
        "EC_GROUP_new_by_curve_name", "EC_GROUP_free", "EC_GROUP_get0_order", "EC_GROUP_get0_cofactor", "EC_GROUP_set_generator", "EC_GROUP_precompute_mult",
        "EC_POINT_new", "EC_POINT_free", "EC_POINT_oct2point", "EC_POINT_mul", "EC_POINT_add", "EC_POINT_is_at_infinity", "EC_POINT_get_affine_coordinates",
        "BN_CTX_new", "BN_new", "BN_bin2bn", "BN_is_zero", "BN_cmp", "BN_mod_mul", "BN_mod_inverse", "BN_nnmod",
        "EVP_default_properties_is_fips_enabled") && IsFipsOnly(0) == 0;

    [LibraryImport(Name, EntryPoint = "EC_GROUP_new_by_curve_name")]
    internal static partial nint NewGroup(int curve);

    [LibraryImport(Name, EntryPoint = "EC_GROUP_free")]
    internal static partial void FreeGroup(nint group);

    [LibraryImport(Name, EntryPoint = "EC_GROUP_get0_order")]
    internal static partial nint OrderOf(EcGroup group);

    [LibraryImport(Name, EntryPoint = "EC_GROUP_get0_cofactor")]
    internal static partial nint CofactorOf(EcGroup group);

    [LibraryImport(Name, EntryPoint = "EC_GROUP_set_generator")]
    internal static partial int SetGenerator(EcGroup group, nint generator, nint order, nint cofactor);

    [LibraryImport(Name, EntryPoint = "EC_GROUP_precompute_mult")]
    internal static partial int Precompute(EcGroup group, nint scratch);

    [LibraryImport(Name, EntryPoint = "EC_POINT_new")]
    internal static partial nint NewPoint(EcGroup group);

    [LibraryImport(Name, EntryPoint = "EC_POINT_free")]
    internal static partial void FreePoint(nint point);

    /// <summary>Refuses what is not on the curve.</summary>
    [LibraryImport(Name, EntryPoint = "EC_POINT_oct2point")]
    internal static partial int Read(EcGroup group, nint point, ReadOnlySpan<byte> uncompressed, nuint length, nint scratch);

    /// <summary>The generator times <paramref name="generatorTimes"/>, and where it is not 0, <paramref name="other"/> times <paramref name="otherTimes"/> more.</summary>
    [LibraryImport(Name, EntryPoint = "EC_POINT_mul")]
    internal static partial int Multiply(EcGroup group, nint result, nint generatorTimes, nint other, nint otherTimes, nint scratch);

    [LibraryImport(Name, EntryPoint = "EC_POINT_add")]
    internal static partial int Add(EcGroup group, nint result, nint one, nint other, nint scratch);

    [LibraryImport(Name, EntryPoint = "EC_POINT_is_at_infinity")]
    internal static partial int IsAtInfinity(EcGroup group, nint point);

    [LibraryImport(Name, EntryPoint = "EC_POINT_get_affine_coordinates")]
    internal static partial int GetCoordinates(EcGroup group, nint point, nint x, nint y, nint scratch);

    [LibraryImport(Name, EntryPoint = "BN_CTX_new")]
    internal static partial nint NewScratch();

    [LibraryImport(Name, EntryPoint = "BN_new")]
    internal static partial nint NewNumber();

    [LibraryImport(Name, EntryPoint = "BN_bin2bn")]
    internal static partial nint Read(ReadOnlySpan<byte> bigEndian, int length, nint number);

    [LibraryImport(Name, EntryPoint = "BN_is_zero")]
    internal static partial int IsZero(nint number);

    [LibraryImport(Name, EntryPoint = "BN_cmp")]
    internal static partial int Compare(nint one, nint other);

    [LibraryImport(Name, EntryPoint = "BN_mod_mul")]
    internal static partial int MultiplyModulo(nint result, nint one, nint other, nint modulus, nint scratch);

    /// <summary>0 where there is none.</summary>
    [LibraryImport(Name, EntryPoint = "BN_mod_inverse")]
    internal static partial nint InvertModulo(nint result, nint number, nint modulus, nint scratch);

    [LibraryImport(Name, EntryPoint = "BN_nnmod")]
    internal static partial int Modulo(nint result, nint number, nint modulus, nint scratch);

    [LibraryImport(Name, EntryPoint = "EVP_default_properties_is_fips_enabled")]
    private static partial int IsFipsOnly(nint context);
}
