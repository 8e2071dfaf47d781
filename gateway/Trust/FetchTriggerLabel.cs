namespace Sallyport.Gateway.Trust;

/// <summary>How metrics, spans and logs call a trigger.</summary>
internal static class FetchTriggerLabel
{
    public static string Label(this FetchTrigger trigger) => trigger switch
    {
        FetchTrigger.Cold => "cold",
        FetchTrigger.UnknownKid => "unknown_kid",
        FetchTrigger.SoftExpiry => "soft_expiry",
        FetchTrigger.HardExpiry => "hard_expiry",
        FetchTrigger.Unshared => "unshared",
        _ => "operator",
    };
}
