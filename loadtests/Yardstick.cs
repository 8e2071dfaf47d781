namespace Sallyport.LoadTests;

/// <summary>A scenario that the others are compared with.</summary>
/// <param name="Heading">Of the column of ratios.</param>
/// <param name="Scenario">Its name.</param>
internal sealed record Yardstick(string Heading, string Scenario);
