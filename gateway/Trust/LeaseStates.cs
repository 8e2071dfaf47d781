namespace Sallyport.Gateway.Trust;

/// <summary>How the state of a lease is written.</summary>
internal static class LeaseStates
{
    public static string Letter(this LeaseState state) => state switch
    {
        LeaseState.Busy => "b",
        LeaseState.Vain => "v",
        _ => "f",
    };

    public static bool TryParse(string letter, out LeaseState state)
    {
        foreach (var known in Enum.GetValues<LeaseState>())
        {
            state = known;
            if (known.Letter() == letter) return true;
        }

        state = default;
        return false;
    }
}
