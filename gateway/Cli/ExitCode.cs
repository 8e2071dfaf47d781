namespace Sallyport.Gateway.Cli;

/// <summary>What every verb ends with.</summary>
internal static class ExitCode
{
    /// <summary>Done, and the answer is good.</summary>
    public const int Good = 0;

    /// <summary>Refused or invalid.</summary>
    public const int Refused = 1;

    /// <summary>The command line itself is wrong, or a file that it names cannot be read.</summary>
    public const int Usage = 2;

    /// <summary>Nothing is wrong as far as could be seen, but something that is needed to prove it is not there.</summary>
    public const int Unverifiable = 3;
}
