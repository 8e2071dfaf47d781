using Microsoft.Extensions.Logging.Abstractions;
using Sallyport.Gateway.Audit;
using Sallyport.Gateway.Keys;

namespace Sallyport.Tests.Keys;

/// <summary>A process of the simulated fleet: the real replica code, a clock that is off, and a connection that can be stopped.</summary>
internal sealed class SimulatedReplica
{
    private readonly SimulatedTime _time;
    private Task<TimeSpan>? _step;

    public SimulatedReplica(SimulatedTime time, SimulatedStore store, KeyRingOptions options, TimeSpan off)
    {
        _time = time;
        Clock = time.Clock(off);
        Connection = new SimulatedConnection(store);
        var keeper = new RingKeeper(options, Connection, RingKit.Maker(options), RingKit.Secrets, new AuditTrail(NullLogger<AuditTrail>.Instance));
        Ring = new RingReplica(options, keeper, Keys, Clock, NullLogger<RingReplica>.Instance);
        LookAt = time.Now;
    }

    public TimeProvider Clock { get; }

    public SimulatedConnection Connection { get; }

    public OwnKeys Keys { get; } = new();

    public RingReplica Ring { get; }

    /// <summary>What it knew when it was last checked.</summary>
    public KeyRing? Before { get; set; }

    public DateTimeOffset LookAt { get; set; }

    public DateTimeOffset PausedUntil { get; set; }

    /// <summary>How many steps came to their end.</summary>
    public int Steps { get; private set; }

    public bool IsBusy => _step is not null;

    public bool MayRun => _time.Now >= PausedUntil && (Connection.IsStopped || _time.Now >= LookAt);

    /// <summary>Goes on by one stop.</summary>
    public async Task RunAsync(bool isWell)
    {
        if (_step is null) _step = Ring.StepAsync(default);
        else Connection.GoOn(isWell);
        if (!_step.IsCompleted) return;
        LookAt = _time.Now + await _step;
        _step = null;
        Steps++;
    }
}
