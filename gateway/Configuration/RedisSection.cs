using Sallyport.Gateway.Redis;
using Sallyport.Gateway.Secrets;

namespace Sallyport.Gateway.Configuration;

/// <summary>Reads <c>Sallyport:Redis</c>. No message repeats a value from here: the configuration string may hold a password.</summary>
internal static class RedisSection
{
    /// <returns>Null when nothing is shared, or when there is a mistake.</returns>
    public static RedisOptions? Read(SectionReader section, ReadingContext context)
    {
        var configuration = section.String("Configuration");
        var prefix = section.String("Prefix");
        var keys = MacKeys(section, context);
        var timeout = section.Duration("Timeout", TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(10));
        section.Finish();
        if (!section.Has("Configuration"))
        {
            // The other keys without it are a mistake: whoever wrote them believes that the replicas share something.
            foreach (var key in (string[])["Prefix", "MacKey", "Timeout"])
                if (section.Has(key))
                    section.Wrong("Configuration", $"is not given, though {key} is.", "Name the server, as \"host:6379\", or leave the section out.");
            return null;
        }

        if (configuration is null) return null;
        CheckConfiguration(section, configuration);
        if (prefix is not null && !prefix.All(c => c is >= '!' and <= '~' and not ('{' or '}' or '*' or '?' or '[' or ']' or '\\')))
            section.Wrong("Prefix", "holds a character that means something else to Redis.", "Use letters, digits, and : . - _ only.");
        if (!section.Has("MacKey"))
            section.Wrong("MacKey", "is not given.", "Name 32 random bytes or more that Redis does not know, as {\"File\": \"...\"} or {\"Environment\": \"...\"}: what lies in Redis is authenticated with them.");
        if (keys.Count == 0) return null;

        var standard = new RedisOptions { Configuration = configuration, MacKeys = keys };
        return standard with { Prefix = prefix ?? standard.Prefix, Timeout = timeout };
    }

    private static List<SecretSource> MacKeys(SectionReader section, ReadingContext context)
    {
        var children = section.Raw("MacKey").GetChildren().ToList();
        var isList = children.Count > 0 && children.TrueForAll(StringArray.IsElement);
        IEnumerable<SectionReader> places = isList ? section.Elements("MacKey") : [section.Object("MacKey")];
        var given = section.Mentions("MacKey");
        return [.. places.Select(place => SecretSection.Read(place, given, context)).OfType<SecretSource>()];
    }

    private static void CheckConfiguration(SectionReader section, string configuration)
    {
        try
        {
            if (RedisConfiguration.Parse(configuration).EndPoints.Count > 0) return;
            section.Wrong("Configuration", "names no server.", "Begin with \"host:6379\".");
        }
        catch (Exception e) when (e is ArgumentException or FormatException or OverflowException or InvalidOperationException)
        {
            section.Wrong("Configuration", "cannot be read.", "Write servers and options of StackExchange.Redis, separated by commas: \"host:6379,user=gateway,password=...,ssl=true\".");
        }
    }
}
