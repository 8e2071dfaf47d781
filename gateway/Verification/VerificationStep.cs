namespace Sallyport.Gateway.Verification;

/// <summary>The steps of verifying a token, in their order; the numbers are the gate's.</summary>
internal enum VerificationStep
{
    /// <summary>The compact form and the header.</summary>
    Token = 2,

    /// <summary>Issuer by exact <c>iss</c>, key by <c>kid</c>.</summary>
    Key = 4,

    /// <summary>The signature.</summary>
    Signature = 5,

    /// <summary>Type and claims.</summary>
    Claims = 6,

    /// <summary>All held.</summary>
    Principal = 7,
}
