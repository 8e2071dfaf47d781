namespace Sallyport.Tests.Compat;

/// <summary>Tests that count what the whole process has open.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneInTheProcess
{
    public const string Name = "Sockets and threads, alone";
}
