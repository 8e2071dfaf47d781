using Sallyport.Gateway.Verification;

namespace Sallyport.Gateway.Configuration;

/// <summary>Reads <c>Sallyport:VerifiedTokens</c>.</summary>
internal static class VerifiedTokensSection
{
    public static VerifiedTokensOptions Read(SectionReader section)
    {
        var standard = new VerifiedTokensOptions();
        var options = standard with
        {
            MaxEntries = section.Integer("MaxEntries", standard.MaxEntries, 0, 5_000_000),
            MaxTokenBytes = section.Integer("MaxTokenBytes", standard.MaxTokenBytes, 256, 16 * 1024),
            MaxAge = section.Duration("MaxAge", standard.MaxAge, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)),
        };
        section.Finish();
        return options;
    }
}
