using System.CommandLine;

namespace Sallyport.LoadTests.Costs;

/// <summary>The options of a verb that measures costs.</summary>
/// <param name="rounds">Unless told.</param>
/// <param name="requests">Unless told.</param>
internal sealed class LoadOptions(int rounds = 9, int requests = 20_000)
{
    private readonly Option<int> _rounds = new("--rounds") { Description = "Rounds over all lines of the table.", DefaultValueFactory = _ => rounds };
    private readonly Option<int> _requests = new("--requests") { Description = "Requests of a line in a round.", DefaultValueFactory = _ => requests };
    private readonly Option<int> _connections = new("--connections") { Description = "Connections, each with one request under way.", DefaultValueFactory = _ => 64 };
    private readonly Option<bool> _isDry = new("--dry") { Description = "Print only; leave the pages as they are." };

    /// <summary>A verb with these options and <paramref name="more"/>.</summary>
    public Command Verb(string name, string description, params IEnumerable<Option> more)
    {
        var verb = new Command(name, description) { _rounds, _requests, _connections, _isDry };
        foreach (var option in more) verb.Add(option);
        return verb;
    }

    public LoadShape Shape(ParseResult parse) => new(parse.GetValue(_rounds), parse.GetValue(_requests), parse.GetValue(_connections));

    public bool IsDry(ParseResult parse) => parse.GetValue(_isDry);
}
