using System.Globalization;
using System.Runtime.InteropServices;

namespace Sallyport.LoadTests.Soak;

/// <summary>What a process holds at a moment, as proc(5) tells.</summary>
/// <param name="At">Seconds since the beginning.</param>
/// <param name="Resident">Resident memory, in MiB.</param>
/// <param name="Anonymous">The part of it that comes from no file, in MiB: the managed heap, and what native code allocated.</param>
/// <param name="Handles">Open file descriptors.</param>
/// <param name="Threads">Its threads.</param>
/// <param name="Heap">What is alive on the managed heap, in MiB, where all garbage was collected just before; else null.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ProcessSample(double At, double Resident, double Anonymous, int Handles, int Threads, double? Heap = null)
{
    private const double KibibytesInMebibyte = 1024;

    /// <exception cref="IOException">There is no such process any more.</exception>
    public static ProcessSample Of(int process, double at)
    {
        var status = File.ReadLines($"/proc/{process}/status")
            .Select(line => line.Split(':', 2)).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        return new ProcessSample(
            at,
            Number("VmRSS") / KibibytesInMebibyte,
            Number("RssAnon") / KibibytesInMebibyte,
            Directory.EnumerateFileSystemEntries($"/proc/{process}/fd").Count(),
            (int)Number("Threads"));

        // A process that has ended and was not waited for has a status, but no memory.
        double Number(string name) => status.TryGetValue(name, out var value)
            ? double.Parse(value.AsSpan().Trim().TrimEnd(" kB"), CultureInfo.InvariantCulture)
            : throw new IOException($"Process {process} has ended.");
    }
}
