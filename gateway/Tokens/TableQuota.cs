namespace Sallyport.Gateway.Tokens;

/// <summary>How many tables may be alive at once: what they take of memory is bounded, however many keys there are.</summary>
internal sealed class TableQuota(int most)
{
    private int _taken;

    public bool TryTake()
    {
        if (Interlocked.Increment(ref _taken) <= most) return true;
        GiveBack();
        return false;
    }

    public void GiveBack() => Interlocked.Decrement(ref _taken);
}
