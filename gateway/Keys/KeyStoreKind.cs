namespace Sallyport.Gateway.Keys;

/// <summary>Where the ring lies.</summary>
internal enum KeyStoreKind
{
    /// <summary>In the memory of this process: ends with it.</summary>
    Memory,

    /// <summary>In a directory, for the processes of one machine.</summary>
    File,

    /// <summary>In Redis, for all replicas.</summary>
    Redis,

    /// <summary>Nowhere: this workload's own X.509-SVIDs sign.</summary>
    Spiffe,

    /// <summary>Private keys in AWS KMS, and the ring of their names and public halves in Redis, or in a directory where there is none.</summary>
    AwsKms,
}
