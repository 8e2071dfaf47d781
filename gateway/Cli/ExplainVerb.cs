using System.CommandLine;
using Sallyport.Gateway.Configuration;
using Sallyport.Gateway.Proxy;
using Sallyport.Gateway.Verification;
using Sallyport.Policies;

namespace Sallyport.Gateway.Cli;

/// <summary><c>explain</c>: each step of the gate for one request, with its outcome and reason, by the gate's own parts.</summary>
internal sealed class ExplainVerb(SourceOptions sources, ConsoleStreams streams)
{
    private readonly Option<string?> _route = new("--route") { Description = "The route, by its name.", HelpName = "ROUTE" };
    private readonly Option<string?> _url = new("--url") { Description = "The URL, or a path and query; it chooses the route as the gateway would.", HelpName = "URL" };
    private readonly Option<string> _method = new("--method") { Description = "The method of the request.", HelpName = "M", DefaultValueFactory = _ => "GET" };
    private readonly Option<string[]> _headers = new("--header") { Description = "A header of the request, as 'Name: value'; repeatable.", HelpName = "HEADER", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string?> _token = new("--token") { Description = TokenText.Help + " Without it, the request has none.", HelpName = "TOKEN|-" };
    private readonly Option<bool> _json = VerbOptions.Json();

    public static Command Command(SourceOptions sources, ConsoleStreams streams)
    {
        var verb = new ExplainVerb(sources, streams);
        var command = new Command("explain", "Says, step by step, what the gate makes of a request.") { verb._route, verb._url, verb._method, verb._headers, verb._token, verb._json };
        command.Validators.Add(result =>
        {
            if (result.GetValue(verb._route) is null && result.GetValue(verb._url) is null) result.AddError("Give --route or --url.");
            if (result.GetValue(verb._url) is { } url && !RequestTarget.TryParse(url, out _, out var problem)) result.AddError($"--url {problem}");
            if (result.GetResult(verb._method) is { Implicit: false } && (result.GetValue(verb._method) is not { Length: > 0 } method || !method.All(char.IsAsciiLetter))) result.AddError("--method is no method.");
            if ((result.GetValue(verb._headers) ?? []).Any(header => header.IndexOf(':', StringComparison.Ordinal) < 1)) result.AddError("--header is not 'Name: value'.");
        });
        command.SetAction(verb.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var isJson = parsed.GetValue(_json);
        var choice = sources.Read(parsed);
        using var loaded = choice.Load(onReloadMistake: null, out var mistakes);
        if (loaded is null) return VerbServices.Mistaken(streams, mistakes, isJson);

        RouteMatcher matcher;
        try
        {
            matcher = new RouteMatcher(loaded, choice);
        }
        catch (MistakesException e)
        {
            return VerbServices.Mistaken(streams, e.Mistakes, isJson);
        }

        using (matcher)
        {
            var routeId = parsed.GetValue(_route);
            if (routeId is not null && matcher.Find(routeId) is null)
            {
                await streams.Error.WriteLineAsync($"No route is named '{Visible.Line(routeId)}'; there are: {string.Join(", ", loaded.Options.Routes.Select(route => route.RouteId))}.");
                return ExitCode.Usage;
            }

            var context = RequestOf(parsed);
            var told = new Explanation();
            if (await RouteOf(matcher, context, routeId, parsed.GetValue(_url), told) is { } route)
            {
                if (parsed.GetValue(_token) is { } argument)
                {
                    Carry(context.Request, route.Requirement.Token, await TokenText.ReadAsync(argument, streams, cancellation));
                    if (!route.Requirement.IsAnonymous) await SharedRevocations.LoadAsync(matcher.Services, streams, cancellation);
                }

                var walk = new GateWalk(matcher.Services.GetRequiredService<TokenVerifier>(), matcher.Services.GetRequiredService<RevocationCheck>());
                await walk.WalkAsync(context, route, parsed.GetValue(_url) is not null, told, cancellation);
            }

            if (isJson) streams.Output.WriteLine(JsonText.Of(told.WriteTo));
            else told.Write(streams);
            return told.IsAllowed ? ExitCode.Good : ExitCode.Refused;
        }
    }

    private DefaultHttpContext RequestOf(ParseResult parsed)
    {
        var context = new DefaultHttpContext();
        var request = context.Request;
        request.Method = parsed.GetRequiredValue(_method).ToUpperInvariant();
        request.Protocol = HttpProtocol.Http11;
        request.Scheme = "http";
        request.Host = new HostString("localhost");
        request.Path = "/";
        if (parsed.GetValue(_url) is { } url && RequestTarget.TryParse(url, out var target, out _))
            (request.Scheme, request.Host, request.Path, request.QueryString) = (target.Scheme, target.Host, target.Path, target.Query);
        foreach (var header in parsed.GetValue(_headers) ?? [])
        {
            var colon = header.IndexOf(':', StringComparison.Ordinal);
            var (name, value) = (header[..colon].Trim(), header[(colon + 1)..].Trim());
            if (name.Equals("Host", StringComparison.OrdinalIgnoreCase)) request.Host = new HostString(value);
            else request.Headers.Append(name, value);
        }

        return context;
    }

    private static async Task<RouteRequirement?> RouteOf(RouteMatcher matcher, HttpContext context, string? routeId, string? url, Explanation told)
    {
        if (url is null)
        {
            told.RouteId = routeId;
            told.Skip(0, $"{routeId}, as the command line says; no URL was matched.");
            return matcher.Find(routeId!);
        }

        var route = await matcher.MatchAsync(context);
        if (route is null)
        {
            // Routing answers a method that no route of this path takes with an endpoint of its own.
            if (context.GetEndpoint() is null) told.Fail(0, "route_not_found", "No route matches.", StatusCodes.Status404NotFound);
            else told.Fail(0, "method_not_allowed", $"Routes match this path, but none of them {context.Request.Method}.", StatusCodes.Status405MethodNotAllowed);
            return null;
        }

        told.RouteId = route.RouteId;
        foreach (var (name, value) in context.Request.RouteValues) told.RouteValues[name] = value?.ToString() ?? "";
        var values = string.Join(", ", told.RouteValues.Select(value => $"{value.Key} = {value.Value}"));
        if (routeId is not null && !string.Equals(route.RouteId, routeId, StringComparison.OrdinalIgnoreCase))
        {
            told.Fail(0, "route_mismatch", $"This URL takes route {route.RouteId}, not {routeId}.", StatusCodes.Status404NotFound);
            return null;
        }

        told.Pass(0, values.Length == 0 ? route.RouteId : $"{route.RouteId}, where {values}");
        return route;
    }

    /// <summary>Puts the token where the route looks for it.</summary>
    private static void Carry(HttpRequest request, TokenSource source, string token)
    {
        switch (source.Place)
        {
            case TokenPlace.Cookie:
                request.Headers.Append("Cookie", $"{source.Name}={token}");
                break;
            case TokenPlace.Query:
                request.QueryString = request.QueryString.Add(source.Name, token);
                break;
            default:
                request.Headers.Append("Authorization", "Bearer " + token);
                break;
        }
    }
}
