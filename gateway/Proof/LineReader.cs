namespace Sallyport.Gateway.Proof;

/// <summary>Takes a file apart into lines. Never holds more than one line and one read, nor reads beyond what it is told.</summary>
/// <param name="stream">The file.</param>
/// <param name="maxBytes">No line may be longer; of one that is, nothing is kept.</param>
/// <param name="length">How much of the file there is to read.</param>
internal sealed class LineReader(Stream stream, int maxBytes, long length) : IDisposable
{
    private byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;
    private long _left = length;

    /// <summary>How many bytes the lines took that were read, with their ends.</summary>
    public long Consumed { get; private set; }

    /// <summary>The next line, good until the next call.</summary>
    /// <param name="line">Without its end.</param>
    /// <param name="isTooLong">Whether it is longer than it may be.</param>
    /// <param name="isEnded">Whether it has an end.</param>
    /// <returns>False at the end of the file.</returns>
    public bool TryRead(out ReadOnlyMemory<byte> line, out bool isTooLong, out bool isEnded)
    {
        (line, isTooLong, isEnded) = (default, false, true);
        var searched = 0;
        while (true)
        {
            var found = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (found >= 0)
            {
                line = _buffer.AsMemory(_start, searched + found);
                isTooLong |= line.Length > maxBytes;
                _start += line.Length + 1;
                Consumed += line.Length + 1;
                return true;
            }

            searched = _end - _start;
            if (_left == 0)
            {
                isEnded = false;
                line = _buffer.AsMemory(_start, searched);
                _start = _end;
                isTooLong |= line.Length > maxBytes;
                return isTooLong || line.Length > 0;
            }

            if (searched > maxBytes)
            {
                isTooLong = true;
                Consumed += searched;
                _start = _end = 0;
                searched = 0;
            }

            ReadOn();
        }
    }

    public void Dispose() => stream.Dispose();

    private void ReadOn()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
        var read = stream.Read(_buffer, _end, (int)Math.Min(_buffer.Length - _end, _left));
        _end += read;
        // Shorter than it was: what is gone is not read.
        _left = read == 0 ? 0 : _left - read;
    }
}
