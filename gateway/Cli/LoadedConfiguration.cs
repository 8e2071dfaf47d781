using Sallyport.Gateway.Configuration;

namespace Sallyport.Gateway.Cli;

/// <summary>A configuration without mistakes: its sources, watched until this is disposed, and what they say.</summary>
internal sealed record LoadedConfiguration(IConfigurationRoot Root, GatewayOptions Options) : IDisposable
{
    public void Dispose() => (Root as IDisposable)?.Dispose();
}
