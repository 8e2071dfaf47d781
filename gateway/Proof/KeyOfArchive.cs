using Sallyport.Gateway.Keys;

namespace Sallyport.Gateway.Proof;

/// <summary>A key as the archive has it, or why it has not.</summary>
/// <param name="Key">Null where it cannot be used.</param>
/// <param name="IsDamaged">Whether what lies there is not what was put there; else it is missing.</param>
/// <param name="Reason">A stable code; empty with a key.</param>
/// <param name="Clause">For people.</param>
internal sealed record KeyOfArchive(ArchivedKey? Key, bool IsDamaged, string Reason, string Clause)
{
    /// <summary>Tells of it as a link, where there is no key.</summary>
    public void Tell(Findings findings, string link, string whose)
    {
        if (IsDamaged) findings.Fail(link, Reason, $"{whose}: {Clause}.");
        else findings.Doubt(link, Reason, $"{whose}: {Clause}.");
    }
}
