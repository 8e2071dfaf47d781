namespace Sallyport.Gateway.Configuration;

/// <summary>Reads a JSON file, and reads it again when its contents change.</summary>
/// <remarks><para>.NET's own provider empties the running configuration when a changed file cannot be read, or is away for a moment
/// while an editor or a deployment replaces it. This one keeps what it has and reports the mistake.</para>
/// <para>It looks at the contents every half second, because watchers miss changes behind symbolic links, which is how
/// Kubernetes mounts configuration, and run out of inotify instances. A change counts once it was seen twice, so that a file is
/// not read half written.</para></remarks>
internal sealed class JsonFileProvider : ConfigurationProvider, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly JsonFileSource _source;
    private readonly ITimer _timer;
    private readonly Lock _reading = new();
    private string _current = "";
    private string _seen = "";
    private bool _changes = true;
    private ChildKeys _children = ChildKeys.None;

    public JsonFileProvider(JsonFileSource source)
    {
        _source = source;
        _timer = TimeProvider.System.CreateTimer(static provider => ((JsonFileProvider)provider!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public string File => _source.File;

    /// <summary>What was wrong when the file was last read; null when it was read well.</summary>
    public Mistake? Mistake { get; private set; }

    public override void Load()
    {
        lock (_reading)
        {
            if (!_changes)
                return;
            var read = JsonFile.Read(_source.File, _source.Required);
            Take(read);
            _seen = _current;
            _changes = read.Changes;
        }

        if (_changes)
            Rearm();
    }

    public override IEnumerable<string> GetChildKeys(IEnumerable<string> earlierKeys, string? parentPath)
    {
        var keys = new List<string>(_children.Of(parentPath));
        keys.AddRange(earlierKeys);
        keys.Sort(ConfigurationKeyComparer.Instance);
        return keys;
    }

    public override string ToString() => _source.File;

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        var changed = false;
        lock (_reading)
        {
            var version = JsonFile.VersionOf(_source.File);
            if (version == _seen && version != _current)
            {
                var read = JsonFile.Read(_source.File, required: _source.Required || Data.Count > 0);
                // Otherwise it changed again just now, and was not seen twice.
                if (read.Version == version)
                {
                    Take(read);
                    changed = Mistake is null;
                    if (Mistake is { } mistake)
                        _source.OnReloadMistake?.Invoke(mistake);
                }

                version = read.Version;
            }

            _seen = version;
        }

        if (changed)
            Tell();
        Rearm();
    }

    /// <summary>An exception of a listener would end the process from here; the running configuration is worth more.</summary>
    private void Tell()
    {
        try
        {
            OnReload();
        }
#pragma warning disable CA1031
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _source.OnReloadMistake?.Invoke(new("$", $"changed in {_source.File}, but could not be taken over: {exception.Message}", "This is a fault of the gateway; restart it to take over the change."));
        }
    }

    private void Take(JsonFile read)
    {
        _current = read.Version;
        Mistake = read.Mistake;
        if (read.Mistake is not null)
            return;
        Data = new Dictionary<string, string?>(read.Values, StringComparer.OrdinalIgnoreCase);
        _children = new ChildKeys([.. read.Values.Keys]);
    }

    private void Rearm()
    {
        try
        {
            _timer.Change(Interval, Timeout.InfiniteTimeSpan);
        }
        catch (ObjectDisposedException)
        {
            // Disposed while it looked.
        }
    }
}
