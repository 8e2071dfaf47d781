using System.Collections.Frozen;
using System.Text;
using Sallyport.Gateway.Tokens;
using Sallyport.Gateway.Trust;

namespace Sallyport.Gateway.Issuing;

/// <summary>The clients in force: one reference, swapped when the configuration changes.</summary>
internal sealed class Clients
{
    private const int MaxPemBytes = 1 << 20;

    private volatile FrozenDictionary<string, Client> _current = FrozenDictionary<string, Client>.Empty;
    private volatile ClientSecretHash _nobody = ClientSecretHash.OfNothing(ClientSecretHash.UsualIterations);

    /// <summary>A hash that no secret has, and that costs as much to try as those of the clients.</summary>
    public ClientSecretHash Nobody => _nobody;

    /// <summary>Every scope that some client may ask for. Another list after every change.</summary>
    public IReadOnlyList<string> Scopes { get; private set; } = [];

    public Client? Find(string id) => _current.GetValueOrDefault(id);

    /// <summary>Opens the clients' keys without putting anything in force.</summary>
    /// <param name="problems">Name of the client, to why its keys cannot be opened.</param>
    public IReadOnlyList<Client> Open(IReadOnlyList<ClientOptions> options, List<(string Client, string Problem)> problems)
    {
        var opened = new List<Client>(options.Count);
        foreach (var client in options)
        {
            string? problem = null;
            var keys = client.Keys is { } source ? OpenKeys(source, out problem) : null;
            if (problem is not null) problems.Add((client.Id, problem));
            else opened.Add(new Client(client, keys, Find(client.Id)));
        }

        return opened;
    }

    public void Publish(IReadOnlyList<Client> clients)
    {
        var iterations = clients.Select(client => client.SecretHash?.Iterations ?? 0).DefaultIfEmpty().Max();
        if (iterations > 0 && iterations != _nobody.Iterations) _nobody = ClientSecretHash.OfNothing(iterations);
        Scopes = [.. clients.SelectMany(client => client.Options.Scopes).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        _current = clients.ToFrozenDictionary(client => client.Id, StringComparer.Ordinal);
    }

    private static JwkSet? OpenKeys(KeySourceOptions source, out string? problem)
    {
        if (source.Kind == KeySourceKind.PemFile) return OpenPem(source.PemFiles, out problem);
        if (!JwkSet.TryParse(Encoding.UTF8.GetBytes(source.Inline!), source.MaxKeys, out var set, out problem)) return null;
        if (set.Ignored.Count > 0) problem = string.Join(" ", set.Ignored.Select(ignored => $"A key is not usable: {ignored.Reason}."));
        else if (set.Keys.Count == 0) problem = "The JWK Set is empty.";
        else if (set.Keys.Any(key => key.KeyType == KeyType.Octets)) problem = "A shared secret is no public key.";
        return problem is null ? set : null;
    }

    private static JwkSet? OpenPem(IReadOnlyList<string> files, out string? problem)
    {
        problem = null;
        var keys = new List<Jwk>();
        foreach (var file in files)
        {
            try
            {
                if (new FileInfo(file).Length > MaxPemBytes) problem = $"{file} is larger than {MaxPemBytes} bytes.";
                else if (Jwk.TryReadPem(File.ReadAllText(file), out var read, out var unread)) keys.AddRange(read);
                else problem = $"{file}: {unread}";
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                problem = $"{file} cannot be read: {e.Message}";
            }

            if (problem is not null) return null;
        }

        return JwkSet.Of(keys);
    }
}
