using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Sallyport.Tests.Support;

/// <summary>kill(2), for the signals that <see cref="System.Diagnostics.Process"/> cannot send.</summary>
internal static partial class Signals
{
    private const int Sigterm = 15;
    private const int NoSuchProcess = 3;

    // These two have other numbers on other systems.
    private static readonly int Sigstop = OperatingSystem.IsLinux() ? 19 : 17;
    private static readonly int Sigcont = OperatingSystem.IsLinux() ? 18 : 19;

    /// <summary>SIGTERM; nothing when the process has ended by itself.</summary>
    public static void Terminate(int processId) => Send(processId, Sigterm);

    /// <summary>SIGSTOP: it keeps its sockets and does nothing any more.</summary>
    public static void Freeze(int processId) => Send(processId, Sigstop);

    /// <summary>SIGCONT: it goes on where it was frozen.</summary>
    public static void Thaw(int processId) => Send(processId, Sigcont);

    private static void Send(int processId, int signal)
    {
        if (Kill(processId, signal) != 0 && Marshal.GetLastPInvokeError() != NoSuchProcess)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int processId, int signal);
}
