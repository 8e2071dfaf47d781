namespace Sallyport.Gateway.Identity;

/// <summary>The Workload API gives no identity.</summary>
/// <param name="fault">What kind of trouble it is.</param>
/// <param name="message">A clause for people.</param>
/// <param name="inner">What it comes from.</param>
internal sealed class WorkloadApiException(WorkloadFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    public WorkloadFault Fault => fault;
}
