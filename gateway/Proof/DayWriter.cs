using System.Globalization;
using Sallyport.Gateway.Audit;

namespace Sallyport.Gateway.Proof;

/// <summary>Writes lines of a trail into files by the day of each record, and never into an older file than the line before. What is no record stays where it stands.</summary>
internal sealed class DayWriter(string folder) : IAsyncDisposable
{
    private const int PieceBytes = 64 * 1024;

    private readonly MemoryStream _written = new();
    private FileStream? _file;
    private string _day = "";

    public long Records { get; private set; }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> line, CancellationToken cancellation)
    {
        var own = TrailLine.Read(line.Span)?.Record.Time.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? _day;
        if (_file is null || string.CompareOrdinal(own, _day) > 0)
        {
            await CloseAsync(cancellation);
            _day = own.Length > 0 ? own : "1970-01-01";
            _file = OwnFile.Open(DayFiles.PathOf(folder, _day), FileMode.CreateNew);
        }

        _written.Write(line.Span);
        _written.WriteByte((byte)'\n');
        Records++;
        if (_written.Length > PieceBytes) await FlushAsync(cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync(CancellationToken.None);
        await _written.DisposeAsync();
    }

    private async ValueTask CloseAsync(CancellationToken cancellation)
    {
        await FlushAsync(cancellation);
        if (_file is not null) await _file.DisposeAsync();
        _file = null;
    }

    private async ValueTask FlushAsync(CancellationToken cancellation)
    {
        if (_file is not null) await _file.WriteAsync(_written.GetBuffer().AsMemory(0, (int)_written.Length), cancellation);
        _written.SetLength(0);
    }
}
