using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Sallyport.Tests.Support;

/// <summary>kill(2), for the signals that <see cref="System.Diagnostics.Process"/> cannot send.</summary>
internal static partial class Signals
{
    private const int Sigterm = 15;
    private const int NoSuchProcess = 3;

    /// <summary>SIGTERM; nothing when the process has ended by itself.</summary>
    public static void Terminate(int processId)
    {
        if (Kill(processId, Sigterm) != 0 && Marshal.GetLastPInvokeError() != NoSuchProcess)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int processId, int signal);
}
