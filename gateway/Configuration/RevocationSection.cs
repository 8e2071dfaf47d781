using Sallyport.Gateway.Revocation;

namespace Sallyport.Gateway.Configuration;

/// <summary>Reads <c>Sallyport:Revocation</c>.</summary>
internal static class RevocationSection
{
    public static RevocationOptions Read(SectionReader section)
    {
        var standard = new RevocationOptions();
        var options = standard with { MaxAge = section.Duration("MaxAge", standard.MaxAge, TimeSpan.FromSeconds(2), TimeSpan.FromHours(1)) };
        section.Finish();
        return options;
    }
}
