namespace Sallyport.Gateway.Configuration;

/// <summary>What a reading depends on beside the configuration itself.</summary>
/// <param name="IsDevelopment">Whether the process runs in the Development environment.</param>
/// <param name="ContentRoot">The folder from which relative file paths are resolved.</param>
internal sealed record ReadingContext(bool IsDevelopment, string ContentRoot);
