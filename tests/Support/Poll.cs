using System.Diagnostics;
using System.Runtime.CompilerServices;
using Xunit.Sdk;

namespace Sallyport.Tests.Support;

/// <summary>Waits for a state by looking for it, with a deadline (30 s unless told) that fails the test by naming what never came.</summary>
internal static class Poll
{
    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    public static Task Until(
        Func<bool> condition, TimeSpan? deadline = null, [CallerArgumentExpression(nameof(condition))] string what = "") =>
        Until(() => Task.FromResult(condition()), deadline, what);

    public static async Task Until(
        Func<Task<bool>> condition, TimeSpan? deadline = null, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        var allowed = deadline ?? Usual;
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            if (watch.Elapsed > allowed)
                throw new XunitException($"Not so within {allowed.TotalSeconds:0.#} s: {what}");
            await Task.Delay(Pause);
        }
    }

    /// <summary>The same of a gateway's answers. One that is cut off counts as none: so end requests that are under way when their token is revoked.</summary>
    public static Task UntilAnswered(
        Func<Task<bool>> condition, TimeSpan? deadline = null, [CallerArgumentExpression(nameof(condition))] string what = "") =>
        Until(
            async () =>
            {
                try
                {
                    return await condition();
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            },
            deadline,
            what);
}
