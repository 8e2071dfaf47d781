namespace Sallyport.Gateway.Trust;

/// <summary>Kids that a fetch did not bring: asking for one again is no reason to hurry. Bounded, and cleared by every new version of the set.</summary>
internal sealed class UnknownKids
{
    public const int Capacity = 1024;

    private readonly Lock _lock = new();
    private readonly HashSet<string> _kids = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();

    public bool Contains(string kid)
    {
        lock (_lock) return _kids.Contains(kid);
    }

    public void Add(string kid)
    {
        lock (_lock)
        {
            if (!_kids.Add(kid)) return;
            _order.Enqueue(kid);
            if (_order.Count > Capacity) _kids.Remove(_order.Dequeue());
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _kids.Clear();
            _order.Clear();
        }
    }
}
