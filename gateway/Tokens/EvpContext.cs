using Microsoft.Win32.SafeHandles;

namespace Sallyport.Gateway.Tokens;

/// <summary>An EVP_MD_CTX: one signature or verification, one thread.</summary>
internal sealed class EvpContext() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        LibCrypto.FreeContext(handle);
        return true;
    }
}
