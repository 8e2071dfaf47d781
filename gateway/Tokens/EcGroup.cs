using Microsoft.Win32.SafeHandles;

namespace Sallyport.Gateway.Tokens;

/// <summary>An EC_GROUP: a curve with a generator. libcrypto allows its use from several threads at once, once it is made.</summary>
internal sealed class EcGroup : SafeHandleZeroOrMinusOneIsInvalid
{
    private readonly Action? _released;

    /// <param name="curve">Its number in libcrypto.</param>
    /// <param name="released">Told when it is gone.</param>
    public EcGroup(int curve, Action? released = null)
        : base(ownsHandle: true)
    {
        _released = released;
        SetHandle(EcCrypto.NewGroup(curve));
    }

    protected override bool ReleaseHandle()
    {
        EcCrypto.FreeGroup(handle);
        _released?.Invoke();
        return true;
    }
}
