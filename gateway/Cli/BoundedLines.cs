namespace Sallyport.Gateway.Cli;

/// <summary>Takes a stream apart into lines, never holding more than one line and one read, nor a line over its bound.</summary>
internal sealed class BoundedLines(Stream stream, int maxBytes)
{
    private byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;
    private bool _isAtEnd;

    /// <summary>Whether the next line is at hand without reading on.</summary>
    public bool IsNextAtHand => _buffer.AsSpan(_start, _end - _start).Contains((byte)'\n');

    /// <summary>The next line without its end, good until the next call; null at the end of the stream.</summary>
    public async ValueTask<(ReadOnlyMemory<byte> Line, bool IsTooLong)?> NextAsync(CancellationToken cancellation)
    {
        var isTooLong = false;
        var searched = 0;
        while (true)
        {
            var length = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (length >= 0)
            {
                var line = _buffer.AsMemory(_start, searched + length);
                _start += line.Length + 1;
                return (line, isTooLong || line.Length > maxBytes);
            }

            searched = _end - _start;
            if (_isAtEnd)
            {
                if (searched == 0 && !isTooLong) return null;
                var rest = _buffer.AsMemory(_start, searched);
                _start = _end;
                return (rest, isTooLong || rest.Length > maxBytes);
            }

            if (searched > maxBytes)
            {
                // Nobody wants what was read of it; the search goes on for its end only.
                isTooLong = true;
                _start = _end = 0;
                searched = 0;
            }

            await ReadOn(cancellation);
        }
    }

    private async ValueTask ReadOn(CancellationToken cancellation)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
        var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellation);
        _end += read;
        _isAtEnd = read == 0;
    }
}
