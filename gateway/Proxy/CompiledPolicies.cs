using Sallyport.Policies;

namespace Sallyport.Gateway.Proxy;

/// <summary>The policies in force, by name: one reference, swapped when the configuration changes.</summary>
internal sealed class CompiledPolicies
{
    private volatile IReadOnlyDictionary<string, Requirement> _current = new Dictionary<string, Requirement>(StringComparer.Ordinal);

    public Requirement? Find(string name) => _current.GetValueOrDefault(name);

    public void Publish(IReadOnlyDictionary<string, Requirement> policies) => _current = policies;
}
