using System.Runtime.InteropServices;

namespace Sallyport.LoadTests.Costs;

/// <summary>What one line of a table cost in one round.</summary>
/// <param name="Cpu">CPU time of the proxy's processes, in microseconds per request.</param>
/// <param name="Throughput">Requests per second.</param>
/// <param name="Median">Half of the requests took no longer, in milliseconds.</param>
/// <param name="Slow">99 of 100 requests took no longer, in milliseconds.</param>
/// <param name="Slowest">999 of 1,000 requests took no longer, in milliseconds.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Sample(double Cpu, double Throughput, double Median, double Slow, double Slowest);
