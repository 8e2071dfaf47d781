using NBomber.Contracts;

namespace NBomber.Engine;

/// <summary>A step failed, and ends this run of its scenario.</summary>
internal sealed class RestartIteration(IResponse response) : Exception
{
    public IResponse Response { get; } = response;
}
