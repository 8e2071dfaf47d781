using Sallyport.Gateway.Admin;

namespace Sallyport.Gateway.Configuration;

/// <summary>Reads <c>Sallyport:Admin</c>.</summary>
internal static class AdminSection
{
    public static AdminOptions Read(SectionReader section)
    {
        var standard = new AdminOptions();
        var options = standard with { Url = ListenUrl.Read(section, "Url") ?? standard.Url };
        section.Finish();
        return options;
    }
}
