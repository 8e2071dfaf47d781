namespace NBomber.Contracts;

/// <summary>What a response carries. The package has F#'s option here: name no type, read <see cref="Value"/>.</summary>
public sealed class Payload<T>(T value)
{
    public T Value { get; } = value;
}
