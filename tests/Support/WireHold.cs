using System.Text;

namespace Sallyport.Tests.Support;

/// <summary>A message that a <see cref="Wire"/> keeps from arriving.</summary>
/// <param name="words">By which it is known. They must lie within what is sent at once.</param>
internal sealed class WireHold(string words)
{
    private readonly byte[] _words = Encoding.ASCII.GetBytes(words);
    private readonly Latch _latch = new();

    /// <summary>Whether the message was sent and has not arrived.</summary>
    public bool IsHolding => _latch.Arrived > 0;

    /// <summary>It arrives, and what was sent after it.</summary>
    public void Open() => _latch.Open();

    internal bool IsMeant(ReadOnlySpan<byte> bytes) => bytes.IndexOf(_words) >= 0;

    internal Task WaitAsync(CancellationToken cancellation) => _latch.WaitAsync(cancellation);
}
