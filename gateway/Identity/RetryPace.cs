using System.Security.Cryptography;

namespace Sallyport.Gateway.Identity;

/// <summary>How long to wait between attempts: twice as long after each that failed, within bounds, and never exactly as long as others do.</summary>
/// <param name="first">After the first failure.</param>
/// <param name="most">At most.</param>
internal sealed class RetryPace(TimeSpan first, TimeSpan most)
{
    private int _failures;

    /// <summary>The pause before the next attempt: between four fifths of the pace and all of it.</summary>
    public TimeSpan Next()
    {
        // Beyond twenty the pace has long reached its bound, whatever they are.
        var pace = first * (1 << Math.Min(_failures++, 20));
        return (pace < most ? pace : most) * (1 - (RandomNumberGenerator.GetInt32(200) / 1000.0));
    }

    /// <summary>All went well: the next failure is a first one.</summary>
    public void Reset() => _failures = 0;
}
