namespace Sallyport.Gateway.Configuration;

/// <summary>What came of reading a configuration: the options, or every mistake in it.</summary>
/// <param name="Options">Null when there is a mistake.</param>
/// <param name="Mistakes">In the order of the configuration.</param>
internal sealed record ConfigurationReading(GatewayOptions? Options, IReadOnlyList<Mistake> Mistakes);
