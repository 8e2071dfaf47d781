namespace Sallyport.Gateway.Configuration;

/// <summary>One thing that is wrong with the configuration.</summary>
/// <param name="Path">Where, as a JSON path: <c>$.Sallyport.TrustedIssuers.corp.Audiences</c>.</param>
/// <param name="Problem">What is wrong there; never the value of a secret.</param>
/// <param name="Mend">What to do about it.</param>
internal sealed record Mistake(string Path, string Problem, string Mend)
{
    public override string ToString() => $"{Path} {Problem} {Mend}";
}
