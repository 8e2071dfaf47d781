namespace Sallyport.Tests.Telemetry;

/// <summary>Meters and activity sources are the whole process's: these tests run while no other gateway does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "Telemetry, alone";
}
