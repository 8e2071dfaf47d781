namespace Sallyport.Gateway.Attestation;

/// <summary>A file that a statement speaks of.</summary>
/// <param name="Name">A label, without a path; null for none. What counts is the digest.</param>
/// <param name="Sha256">64 hexadecimal digits in lower case.</param>
internal sealed record StatementSubject(string? Name, string Sha256);
