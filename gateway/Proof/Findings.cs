using System.Globalization;
using Sallyport.Gateway.Attestation;

namespace Sallyport.Gateway.Proof;

/// <summary>What was found of each link: counted, and the first of them kept. However much is wrong, memory is bounded.</summary>
internal sealed class Findings
{
    /// <summary>How many are told one by one.</summary>
    public const int MostTold = 100;

    private const int MostOfOneReason = 10;

    private readonly Dictionary<string, Tally> _tallies = new(StringComparer.Ordinal);
    private readonly List<ProofLink> _told = [];

    /// <summary>What does not hold, in the order in which it was found: the first hundred, and the first ten for each reason.</summary>
    public IReadOnlyList<ProofLink> Told => _told;

    public void Prove(string link, string detail) => Add(new ProofLink(link, LinkState.Proven, "proven", detail));

    public void Fail(string link, string reason, string detail) => Add(new ProofLink(link, LinkState.Failed, reason, detail));

    public void Doubt(string link, string reason, string detail) => Add(new ProofLink(link, LinkState.Unverifiable, reason, detail));

    public void Add(ProofLink found)
    {
        if (!_tallies.TryGetValue(found.Name, out var tally)) _tallies[found.Name] = tally = new Tally();
        switch (found.State)
        {
            case LinkState.Proven:
                tally.Proven++;
                tally.Good ??= found;
                return;
            case LinkState.Failed:
                tally.Failed++;
                tally.Bad ??= found;
                break;
            default:
                tally.Doubted++;
                // Of each reason the first: not all of them count for every question.
                if (!tally.Doubtful.Exists(known => known.Reason == found.Reason)) tally.Doubtful.Add(found);
                break;
        }

        // Of many tokens one thing may be wrong: it is told once.
        if (_told.Count < MostTold && !_told.Contains(found) && _told.Count(known => known.Name == found.Name && known.Reason == found.Reason) < MostOfOneReason) _told.Add(found);
    }

    public bool Has(string link, LinkState state) => _tallies.TryGetValue(link, out var tally) && tally.Of(state) > 0;

    /// <summary>One link each, with the worst that was found of it.</summary>
    /// <param name="counts">What counts; of the rest nothing is told.</param>
    public IReadOnlyList<ProofLink> Links(Func<ProofLink, bool> counts) =>
        [.. LinkName.All.Where(_tallies.ContainsKey).Select(name => _tallies[name].Worst(counts))];

    private sealed class Tally
    {
        public long Proven { get; set; }

        public long Failed { get; set; }

        public long Doubted { get; set; }

        public ProofLink? Good { get; set; }

        public ProofLink? Bad { get; set; }

        public List<ProofLink> Doubtful { get; } = [];

        public long Of(LinkState state) => state switch { LinkState.Proven => Proven, LinkState.Failed => Failed, _ => Doubted };

        public ProofLink Worst(Func<ProofLink, bool> counts)
        {
            var worst = Bad ?? Doubtful.Find(doubt => counts(doubt)) ?? Good ?? Doubtful[0];
            var others = Of(worst.State) - 1;
            return worst.State == LinkState.Proven || others == 0 ? worst : worst with { Detail = string.Create(CultureInfo.InvariantCulture, $"{worst.Detail} And {others} more.") };
        }
    }
}
