using System.Diagnostics.CodeAnalysis;

namespace Sallyport.Gateway.Issuing;

/// <summary>The latest assertion of all callers of whom the same is to be said, and the signature that is under way.</summary>
internal sealed class SharedAssertion
{
    private const int MostCharacters = 4 * 1024;

    private readonly Lock _lock = new();
    private TaskCompletionSource<MintedToken>? _underWay;
    private volatile MintedToken? _held;

    /// <summary>What was signed last; null for nothing yet.</summary>
    public MintedToken? Held => _held;

    /// <summary>Whether the caller is the one to have it signed, and has to call <see cref="Signed"/> or <see cref="Failed"/>.</summary>
    /// <param name="underWay">Else what somebody else is having signed.</param>
    public bool TryLead([NotNullWhen(false)] out Task<MintedToken>? underWay)
    {
        lock (_lock)
        {
            underWay = _underWay?.Task;
            if (underWay is not null) return false;
            // Whoever waits goes on elsewhere: the one who signed has a request of its own to see to.
            _underWay = new TaskCompletionSource<MintedToken>(TaskCreationOptions.RunContinuationsAsynchronously);
            return true;
        }
    }

    public void Signed(MintedToken minted)
    {
        Offer(minted);
        End().SetResult(minted);
    }

    public void Failed(Exception reason)
    {
        var ended = End();
        ended.SetException(reason);
        // Perhaps nobody waited for it.
        _ = ended.Task.Exception;
    }

    /// <summary>Keeps it, unless what is kept lives longer, or it is too long to keep many like it.</summary>
    public void Offer(MintedToken minted)
    {
        if (minted.Text.Length > MostCharacters) return;
        lock (_lock)
            if (_held is not { } held || held.KeyId != minted.KeyId || held.Expires <= minted.Expires) _held = minted;
    }

    private TaskCompletionSource<MintedToken> End()
    {
        lock (_lock)
        {
            var ended = _underWay!;
            _underWay = null;
            return ended;
        }
    }
}
