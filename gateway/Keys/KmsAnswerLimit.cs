namespace Sallyport.Gateway.Keys;

/// <summary>Reads answers whole, up to a limit: nobody fills our memory, and nobody keeps us reading.</summary>
internal sealed class KmsAnswerLimit(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <summary>Many times what KMS answers to what we ask.</summary>
    public const int MaxBytes = 64 * 1024;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        try
        {
            await response.Content.LoadIntoBufferAsync(MaxBytes, cancellationToken);
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }
}
