namespace Sallyport.LoadTests.Costs;

/// <summary>A line that the others are compared with.</summary>
/// <param name="Heading">Of the column of ratios.</param>
/// <param name="Line">Its name.</param>
internal sealed record Yardstick(string Heading, string Line);
