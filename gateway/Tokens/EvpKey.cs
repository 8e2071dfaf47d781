using Microsoft.Win32.SafeHandles;

namespace Sallyport.Gateway.Tokens;

/// <summary>An EVP_PKEY. libcrypto allows its use from several threads at once.</summary>
internal sealed class EvpKey() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        LibCrypto.FreeKey(handle);
        return true;
    }
}
