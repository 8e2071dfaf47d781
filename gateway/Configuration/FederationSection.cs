using Sallyport.Gateway.Issuing;

namespace Sallyport.Gateway.Configuration;

/// <summary>Reads <c>Sallyport:Issuer:Federation</c>.</summary>
internal static class FederationSection
{
    public static IReadOnlyList<FederationOptions> Read(SectionReader section)
    {
        section.Finish();
        return [];
    }
}
