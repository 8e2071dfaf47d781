using Sallyport.Policies;

namespace Sallyport.Gateway.Configuration;

/// <summary>Checks what policies say of each other in <c>AnyOf</c> and <c>AllOf</c>: names that exist, and no circles.</summary>
internal static class PolicyReferences
{
    /// <param name="section">The reader of <c>Sallyport:Policies</c>, for paths.</param>
    public static void Check(SectionReader section, IReadOnlyList<PolicyOptions> policies)
    {
        var byName = ByName(policies);
        foreach (var policy in policies)
        {
            Names(section, policy, "AnyOf", policy.AnyOf, byName);
            Names(section, policy, "AllOf", policy.AllOf, byName);
        }

        Circles(section, byName);
    }

    /// <summary>The policy and all that it refers to, each once; names that do not exist are left out.</summary>
    public static IEnumerable<PolicyOptions> Closure(PolicyOptions policy, IReadOnlyDictionary<string, PolicyOptions> byName)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal) { policy.Name };
        var open = new Queue<PolicyOptions>([policy]);
        while (open.TryDequeue(out var next))
        {
            yield return next;
            foreach (var name in Children(next).Where(seen.Add))
            {
                if (byName.TryGetValue(name, out var child))
                    open.Enqueue(child);
            }
        }
    }

    /// <summary>Policies by name; .NET configuration cannot hold a name twice.</summary>
    public static Dictionary<string, PolicyOptions> ByName(IEnumerable<PolicyOptions> policies) =>
        policies.ToDictionary(policy => policy.Name, StringComparer.Ordinal);

    private static IEnumerable<string> Children(PolicyOptions policy) => policy.AnyOf.Concat(policy.AllOf);

    private static void Names(SectionReader section, PolicyOptions policy, string key, IReadOnlyList<string> names, Dictionary<string, PolicyOptions> byName)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (!byName.ContainsKey(names[i]))
                section.Wrong(section.Path.Member(policy.Name).Member(key).Element(i), $"names {Quoted.Text(names[i])}, which is no policy.", Suggestion.Mend(names[i], byName.Keys, "There is no other policy."));
        }
    }

    /// <summary>Takes away, again and again, the policies that refer to none of those left; what stays leads into a circle.</summary>
    private static void Circles(SectionReader section, Dictionary<string, PolicyOptions> byName)
    {
        var left = new Dictionary<string, PolicyOptions>(byName, StringComparer.Ordinal);
        while (true)
        {
            while (left.Values.Where(policy => !Children(policy).Any(left.ContainsKey)).ToList() is { Count: > 0 } done)
                done.ForEach(policy => left.Remove(policy.Name));
            if (left.Count == 0)
                return;
            var circle = Follow(left);
            section.Wrong(section.Path.Member(circle[0]), $"refers to itself: {string.Join(" -> ", circle.Append(circle[0]).Take(20))}.", "Take one of these out of its AnyOf or AllOf.");
            circle.ForEach(name => left.Remove(name));
        }
    }

    private static List<string> Follow(Dictionary<string, PolicyOptions> left)
    {
        var way = new List<string>();
        var name = left.Keys.First();
        while (!way.Contains(name, StringComparer.Ordinal))
        {
            way.Add(name);
            name = Children(left[name]).First(left.ContainsKey);
        }

        return way[way.IndexOf(name)..];
    }
}
