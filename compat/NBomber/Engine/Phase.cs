using NBomber.Contracts;

namespace NBomber.Engine;

/// <summary>One load simulation, worked out.</summary>
/// <param name="Simulation">What it is.</param>
/// <param name="Seconds">How long it lasts; 0 where iterations end it.</param>
internal abstract record Phase(LoadSimulation Simulation, double Seconds);
