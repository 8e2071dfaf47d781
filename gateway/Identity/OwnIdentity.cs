namespace Sallyport.Gateway.Identity;

/// <summary>Who this process is, for those who sign and publish in its name. Filled by <c>IdentitySource</c>.</summary>
internal sealed class OwnIdentity(TimeProvider clock)
{
    private volatile IdentitySnapshot? _last;
    private volatile string? _problem;
    private Action? _listeners;

    /// <summary>Null before the first, and when the last one has ended and no other came.</summary>
    public IdentitySnapshot? Current => _last is { } last && last.Svid.NotAfter > clock.GetUtcNow() ? last : null;

    /// <summary>The last that was taken, even if it has ended: to tell people about it, not to go by it.</summary>
    public IdentitySnapshot? Last => _last;

    /// <summary>Why the source of identities gives none now, or gave one that was refused; null while all is well.</summary>
    public string? Problem => _problem;

    /// <summary>Calls <paramref name="onChange"/> after every new identity, on the thread that published it. It must not block or throw.</summary>
    public void Listen(Action onChange) => _listeners += onChange;

    /// <summary>A new identity is there.</summary>
    public void Publish(IdentitySnapshot snapshot)
    {
        (_last, _problem) = (snapshot, null);
        _listeners?.Invoke();
    }

    /// <summary>No new one came, and why; what there is goes on until it ends.</summary>
    public void Fail(string problem) => _problem = problem;

    /// <summary>The source is there again, with nothing new.</summary>
    public void Recover() => _problem = null;
}
