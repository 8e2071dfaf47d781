namespace Sallyport.Tests.Configuration;

/// <summary>Tests that change environment variables which other tests would read.</summary>
[CollectionDefinition(nameof(AloneInTheProcess), DisableParallelization = true)]
public sealed class AloneInTheProcess;
