using NBomber.Contracts;
using NBomber.CSharp;

namespace NBomber.Engine;

/// <summary>Failures that the engine finds, with the status codes of the package where it has them.</summary>
internal static class Failures
{
    private const string Timeout = "-100";
    private const string Unhandled = "-101";
    private const string NotSent = "-102";

    public static Response<T> Of<T>(Exception thrown) =>
        thrown is OperationCanceledException ? Response.Fail<T>(Timeout, "operation timeout") : Response.Fail<T>(Unhandled, thrown.Message);

    public static IResponse NeverAnswered(TimeSpan after) => Response.Fail(statusCode: Timeout, message: $"no answer {after.TotalSeconds:0.#} s after the end of the load");

    public static IResponse Refused(int inFlight) => Response.Fail(statusCode: NotSent, message: $"not sent: {inFlight} requests of the scenario were under way");
}
