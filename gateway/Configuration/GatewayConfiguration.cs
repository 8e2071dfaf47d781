namespace Sallyport.Gateway.Configuration;
internal static class GatewayConfiguration { public static ConfigurationReading Read(IConfiguration root, string environmentName, string contentRoot) => new(null, []); }
