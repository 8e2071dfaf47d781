using System.Numerics;

namespace Sallyport.Gateway.Verification;

/// <summary>Which tokens came once lately: a table of fixed size, in which one takes the place of another that had its slot. Not for several threads at once.</summary>
/// <remarks>It decides what is worth keeping and nothing else: two tokens that it takes for one were both verified.</remarks>
internal sealed class SeenOnce(int least)
{
    private readonly uint[] _marks = new uint[BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, least))];

    /// <summary>Whether this is its second time; the next one is its first again.</summary>
    public bool IsSecond(in TokenDigest digest)
    {
        ref var mark = ref _marks[digest.A & (ulong)(_marks.Length - 1)];
        // Never 0, which is an empty slot.
        var own = (uint)digest.B | 1;
        var isSecond = mark == own;
        mark = isSecond ? 0 : own;
        return isSecond;
    }
}
