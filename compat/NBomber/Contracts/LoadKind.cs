namespace NBomber.Contracts;

/// <summary>How a part of the load comes: by a rate, whatever the answers do, or by copies that each wait for their answer.</summary>
internal enum LoadKind
{
    Inject,
    RampingInject,
    InjectRandom,
    IterationsForInject,
    KeepConstant,
    RampingConstant,
    IterationsForConstant,
    Pause,
}
