using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Sallyport.LoadTests.Parts;

/// <summary>CPU time of processes as the kernel's scheduler counts it: in nanoseconds, ended threads with it. /proc counts in hundredths of a second.</summary>
internal static partial class ProcessClock
{
    /// <summary>CPU time of a process so far, user and system, in microseconds.</summary>
    /// <exception cref="Win32Exception">There is no such process.</exception>
    public static double Microseconds(int process)
    {
        // clock_getcpuclockid(3): the clock of a process is the complement of its id, shifted; 2 asks for the scheduler's count.
        if (GetTime((~process << 3) | 2, out var time) != 0) throw new Win32Exception();
        return (time.Seconds * 1e6) + (time.Nanoseconds / 1e3);
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    private static partial int GetTime(int clock, out Timespec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct Timespec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
