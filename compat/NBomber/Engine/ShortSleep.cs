using System.Diagnostics;
using System.Runtime.InteropServices;

namespace NBomber.Engine;

/// <summary>Sleeps for less than a millisecond, which Thread.Sleep cannot, and spins where the system has no such sleep.</summary>
internal static partial class ShortSleep
{
    private const int TimerSlack = 29; // PR_SET_TIMERSLACK of prctl(2), in nanoseconds.
    private const double LeastSeconds = 50e-6; // What is due within this time of a wake-up starts in a burst.
    private const double MostSeconds = 0.02; // To notice a stop.

    private static bool CanSleep { get; } = OperatingSystem.IsLinux();

    /// <summary>Once on a thread that is to sleep exactly: unless told, Linux wakes it up to 50 us late.</summary>
    public static void Sharpen()
    {
        if (CanSleep) _ = Prctl(TimerSlack, 1_000, 0, 0, 0);
    }

    /// <summary>Sleeps until this time at the earliest, or for 20 ms.</summary>
    /// <param name="due">A timestamp of <see cref="Stopwatch"/>.</param>
    public static void Until(long due)
    {
        var seconds = Math.Min((due - Stopwatch.GetTimestamp()) / (double)Stopwatch.Frequency, MostSeconds);
        if (CanSleep)
        {
            var time = new Time { Nanoseconds = (nint)(Math.Max(seconds, LeastSeconds) * 1e9) };
            _ = NanoSleep(in time, 0);
        }
        else if (seconds > 0.002)
        {
            Thread.Sleep((int)(seconds * 1000) - 1);
        }
        else
        {
            Thread.Yield();
        }
    }

    [LibraryImport("libc", EntryPoint = "nanosleep")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int NanoSleep(in Time time, nint remaining);

    [LibraryImport("libc", EntryPoint = "prctl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int Prctl(int option, nuint second, nuint third, nuint fourth, nuint fifth);

    [StructLayout(LayoutKind.Sequential)]
    private struct Time
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
