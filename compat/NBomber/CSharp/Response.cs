using NBomber.Contracts;

namespace NBomber.CSharp;

/// <summary>Makes what a scenario or a step returns.</summary>
public static class Response
{
    private static readonly Response<object> EmptyOk = new();
    private static readonly Response<object> EmptyFail = new() { IsError = true };

    public static Response<object> Ok() => EmptyOk;

    public static Response<object> Fail() => EmptyFail;

    public static Response<object> Ok(string statusCode = "", long sizeBytes = 0, string message = "", double customLatencyMs = 0) =>
        Ok<object>(statusCode, sizeBytes, message, customLatencyMs);

    public static Response<T> Ok<T>(string statusCode = "", long sizeBytes = 0, string message = "", double customLatencyMs = 0) => new()
    {
        StatusCode = statusCode ?? "",
        SizeBytes = sizeBytes,
        Message = message ?? "",
        CustomLatencyMs = customLatencyMs,
    };

    public static Response<T> Ok<T>(T payload, string statusCode = "", long sizeBytes = 0, string message = "", double customLatencyMs = 0) =>
        Ok<T>(statusCode, sizeBytes, message, customLatencyMs) with { Payload = new Payload<T>(payload) };

    public static Response<object> Fail(string statusCode = "", string message = "", long sizeBytes = 0, double customLatencyMs = 0) =>
        Fail<object>(statusCode, message, sizeBytes, customLatencyMs);

    public static Response<T> Fail<T>(string statusCode = "", string message = "", long sizeBytes = 0, double customLatencyMs = 0) =>
        Ok<T>(statusCode, sizeBytes, message, customLatencyMs) with { IsError = true };

    public static Response<T> Fail<T>(T payload, string statusCode = "", string message = "", long sizeBytes = 0, double customLatencyMs = 0) =>
        Fail<T>(statusCode, message, sizeBytes, customLatencyMs) with { Payload = new Payload<T>(payload) };
}
