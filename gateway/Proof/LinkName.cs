namespace Sallyport.Gateway.Proof;

/// <summary>The links of a proof, in the order in which they are told.</summary>
internal static class LinkName
{
    public const string Trail = "trail";
    public const string Checkpoints = "checkpoints";

    /// <summary>Checkpoints that somebody kept elsewhere.</summary>
    public const string KeptCheckpoints = "kept_checkpoints";

    /// <summary>The form of the token.</summary>
    public const string Token = "token";
    public const string Record = "record";
    public const string TokenHash = "token_hash";
    public const string Signature = "signature";
    public const string Claims = "claims";
    public const string KeyState = "key_state";
    public const string Endorsement = "endorsement";
    public const string Svid = "svid";

    public static readonly IReadOnlyList<string> All = [Trail, Checkpoints, KeptCheckpoints, Token, Record, TokenHash, Signature, Claims, KeyState, Endorsement, Svid];
}
