namespace Sallyport.Gateway;

/// <summary>Has what follows a socket's read or write run on the thread that saw it end, and not be handed to the thread pool first.</summary>
/// <remarks>
/// It saves a proxy a hand-over for each answer of an upstream; docs/performance.md says how much. Kestrel goes on handing requests to the pool, so what
/// runs on those threads is the way of an answer back to its client, which waits for nothing. The runtime reads the variable when the first socket is made.
/// </remarks>
internal static class InlineCompletions
{
    private const string Variable = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>Before any socket is made. Whoever has set the variable knows better.</summary>
    public static void Prefer()
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Variable))) Environment.SetEnvironmentVariable(Variable, "1");
    }
}
