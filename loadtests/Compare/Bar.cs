namespace Sallyport.LoadTests.Compare;

/// <summary>Something that must hold.</summary>
/// <param name="Name">What is measured.</param>
/// <param name="Limit">The number that it may not pass.</param>
/// <param name="IsMost">Whether the limit is the most, and not the least, that is good.</param>
/// <param name="Measured">Of medians.</param>
/// <param name="Rounds">The same of each round, where rounds have it.</param>
/// <param name="Unit">Behind the numbers.</param>
/// <param name="Format">Of the numbers.</param>
internal sealed record Bar(string Name, double Limit, bool IsMost, double Measured, Spread? Rounds, string Unit = "x", string Format = "0.00")
{
    public bool IsMet => IsMost ? Measured <= Limit : Measured >= Limit;

    /// <summary>As cells of a table.</summary>
    public string[] Cells =>
    [
        Name,
        $"at {(IsMost ? "most" : "least")} {Spread.Text(Limit, Format)}{Unit}",
        $"{Spread.Text(Measured, Format)}{Unit}",
        Rounds?.ToText(Format) ?? "",
        IsMet ? "met" : "MISSED",
    ];
}
