namespace Sallyport.LoadTests.Calibrate;

/// <summary>How much load a comparison of load generators is.</summary>
/// <param name="Rounds">Each with a run of every generator.</param>
/// <param name="Seconds">Of a run.</param>
/// <param name="Rate">Requests per second, about.</param>
/// <param name="Connections">Of each generator.</param>
internal sealed record CalibrationShape(int Rounds, int Seconds, int Rate, int Connections);
