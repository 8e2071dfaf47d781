namespace Sallyport.Gateway.Trust;

/// <summary>The trusted issuers in force: one reference, swapped when the configuration changes. Null until the first is published.</summary>
internal sealed class TrustedIssuers
{
    private volatile TrustModel? _current;

    public TrustModel? Current => _current;

    public void Publish(TrustModel model) => _current = model;
}
