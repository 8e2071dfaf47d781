using System.Globalization;
using System.Text;

namespace Sallyport.Gateway.Proof;

/// <summary>Checkpoints that somebody kept elsewhere: each must stand in this trail. Who can write the archive cannot reach them, so that they show a trail that was cut, or made anew.</summary>
internal sealed class KeptCheckpoints
{
    /// <summary>The longest file.</summary>
    public const int MaxBytes = 1024 * 1024;

    private readonly List<(int Line, ReadCheckpoint Read)> _kept = [];
    private readonly Dictionary<long, string?> _wanted = [];

    /// <summary>Takes the lines of a file.</summary>
    /// <returns>Why it has none, as a sentence; null when it has.</returns>
    public static string? Read(byte[] file, out KeptCheckpoints kept)
    {
        kept = new KeptCheckpoints();
        var number = 0;
        foreach (var line in Encoding.Latin1.GetString(file).Split('\n'))
        {
            number++;
            if (line.Trim().Length == 0) continue;
            if (ReadCheckpoint.Read(line.Trim(), out _, out var clause) is not { } read) return string.Create(CultureInfo.InvariantCulture, $"Line {number} {clause}.");
            kept._kept.Add((number, read));
            kept._wanted[read.Count] = null;
        }

        return kept._kept.Count == 0 ? "There is no checkpoint in it." : null;
    }

    /// <summary>Sees a record of the trail.</summary>
    public void See(long sequence, string hash)
    {
        if (_wanted.ContainsKey(sequence)) _wanted[sequence] = hash;
    }

    public void Judge(Findings findings, TrailWalk walk, ArchivedKeys keys)
    {
        foreach (var (line, read) in _kept)
        {
            var where = string.Create(CultureInfo.InvariantCulture, $"The kept checkpoint of line {line}, of {read.Count} records,");
            if (read.Trail != walk.Name) Fail("other_trail", "is of another trail");
            else if (read.Issuer != walk.Issuer) Fail("checkpoint_mismatch", "is of another issuer");
            else if (read.Count > walk.Count) Fail("records_missing", string.Create(CultureInfo.InvariantCulture, $"covers more than the {walk.Count} records that there are: the trail was cut"));
            else if (_wanted[read.Count] != read.Head) Fail("checkpoint_mismatch", "has another hash for the last of them: the trail was changed");
            else if (keys.Find(read.Jws.Header.KeyId) is { Key: null } missing) missing.Tell(findings, LinkName.KeptCheckpoints, where.TrimEnd(','));
            else if (!read.IsBy(keys.Find(read.Jws.Header.KeyId).Key!.Public)) Fail("signature_invalid", $"is not signed by {read.Jws.Header.KeyId}");
            else findings.Prove(LinkName.KeptCheckpoints, $"{where} stands in this trail.");

            void Fail(string reason, string words) => findings.Fail(LinkName.KeptCheckpoints, reason, $"{where} {words}.");
        }
    }
}
