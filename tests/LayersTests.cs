using System.Text.RegularExpressions;
using Sallyport.Tests.Support;

namespace Sallyport.Tests;

/// <summary>A folder of the gateway refers only to the folders below it.</summary>
public sealed partial class LayersTests
{
    private static readonly Dictionary<string, string[]> Below = new(StringComparer.Ordinal)
    {
        ["Tokens"] = [],
        ["Telemetry"] = [],
        ["Secrets"] = [],
        ["Redis"] = ["Telemetry", "Secrets"],
        ["Trust"] = ["Tokens", "Telemetry", "Secrets", "Redis"],
        ["Revocation"] = ["Telemetry", "Redis"],
        ["Verification"] = ["Tokens", "Telemetry", "Trust", "Revocation"],
        ["Audit"] = ["Tokens", "Telemetry", "Secrets", "Redis"],
        ["Identity"] = ["Tokens", "Telemetry", "Secrets"],
        ["Keys"] = ["Tokens", "Telemetry", "Secrets", "Redis", "Audit", "Identity"],
        ["Attestation"] = ["Tokens", "Keys", "Identity", "Audit"],
        ["Issuing"] = ["Tokens", "Telemetry", "Redis", "Audit", "Identity", "Trust", "Revocation", "Verification", "Keys"],
        ["Proof"] = ["Tokens", "Redis", "Audit", "Identity", "Keys", "Attestation", "Issuing"],
        ["Proxy"] = ["Tokens", "Telemetry", "Audit", "Trust", "Revocation", "Verification", "Issuing"],
        ["Demonstration"] = ["Tokens", "Trust", "Audit", "Issuing"],
        ["Admin"] = ["Tokens", "Telemetry", "Redis", "Audit", "Identity", "Trust", "Revocation", "Keys"],
        ["Configuration"] = ["Tokens", "Telemetry", "Secrets", "Redis", "Audit", "Identity", "Trust", "Revocation", "Verification", "Keys", "Issuing", "Proxy", "Admin", "Demonstration"],
    };

    private static readonly string[] SeeAll = ["Cli", ""];

    [Fact]
    public void Folders_refer_downward_only()
    {
        var gateway = Path.Combine(RepositoryFolder.Path, "gateway");
        var folders = Directory.GetDirectories(gateway).Select(Path.GetFileName).Where(f => f is not ("bin" or "obj" or "Properties")).ToArray();
        Assert.Superset(Below.Keys.ToHashSet(StringComparer.Ordinal), folders.Concat(SeeAll).ToHashSet(StringComparer.Ordinal)!);
        Assert.All(folders, folder => Assert.True(Below.ContainsKey(folder!) || SeeAll.Contains(folder, StringComparer.Ordinal), $"{folder} has no place among the layers."));

        foreach (var (folder, below) in Below)
            foreach (var file in Directory.GetFiles(Path.Combine(gateway, folder), "*.cs", SearchOption.AllDirectories))
                foreach (Match use in Reference().Matches(File.ReadAllText(file)))
                {
                    var used = use.Groups["folder"].Value;
                    Assert.True(used == folder || below.Contains(used, StringComparer.Ordinal), $"{folder}/{Path.GetFileName(file)} refers to {used}, which is not below it.");
                }
    }

    [Fact]
    public void Policies_refer_to_the_base_class_library_only()
    {
        var policies = typeof(Policies.Requirement).Assembly;
        Assert.All(policies.GetReferencedAssemblies(), reference => Assert.StartsWith("System.", reference.Name, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"^(?!\s*namespace).*\bSallyport\.Gateway\.(?<folder>[A-Z]\w+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Reference();
}
