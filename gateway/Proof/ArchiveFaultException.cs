namespace Sallyport.Gateway.Proof;

/// <summary>A part of an archive is not there, or cannot be read. The message is a sentence that names it.</summary>
internal sealed class ArchiveFaultException(string message, Exception? inner = null) : Exception(message, inner);
