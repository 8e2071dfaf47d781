namespace Sallyport.Gateway.Keys;

/// <summary>Our own keys, for those who sign, publish and verify with them. Filled by whoever keeps the ring.</summary>
internal sealed class OwnKeys
{
    private volatile OpenRing? _current;
    private Action<OpenRing>? _listeners;

    /// <summary>Null before the first ring was read.</summary>
    public OpenRing? Current => _current;

    /// <summary>Calls <paramref name="onChange"/> after every change, on the thread that published it. It must not block or throw.</summary>
    public void Listen(Action<OpenRing> onChange) => _listeners += onChange;

    public void Publish(OpenRing ring)
    {
        _current = ring;
        _listeners?.Invoke(ring);
    }
}
