namespace Sallyport.Tests.Fleet;

/// <summary>Tests of several gateway processes: nothing else runs beside them, for they need the whole machine.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Fleets : ICollectionFixture<SharedFleet>
{
    public const string Name = "Fleets";
}
