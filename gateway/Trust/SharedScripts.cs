namespace Sallyport.Gateway.Trust;

/// <summary>What runs inside Redis. What lies in a key's place with another type or far too long counts as <c>!</c>, and is replaced.</summary>
internal static class SharedScripts
{
    private const string Common = """
        local function text(key, most)
          local kind = redis.call('TYPE', key)['ok']
          if kind == 'none' then return '' end
          if kind ~= 'string' or redis.call('STRLEN', key) > most then return '!' end
          return redis.call('GET', key)
        end
        local function version(key)
          if redis.call('TYPE', key)['ok'] ~= 'string' then return nil end
          return tonumber(string.match(redis.call('GETRANGE', key, 0, 20), '^(%d+)%.'))
        end

        """;

    /// <summary>Lease and document in KEYS; the version that the reader has, and the most bytes of a document. Answers the time, the lease, the
    /// document, and, where the reader has one as new, instead of it its version.</summary>
    public const string Read = Common + """
        local time = redis.call('TIME')
        local now = string.format('%d', time[1] * 1000 + math.floor(time[2] / 1000))
        local stored = version(KEYS[2])
        if stored and stored <= tonumber(ARGV[1]) then
          return { now, text(KEYS[1], 1024), '', string.format('%d', stored) }
        end
        return { now, text(KEYS[1], 1024), text(KEYS[2], tonumber(ARGV[2])), '' }
        """;

    /// <summary>Lease and document in KEYS; what was read in the lease's place, what shall lie there, for how many milliseconds, and the newest
    /// version that was read: since then a whole attempt may have begun and ended. Empty where what was read is no document.</summary>
    public const string Take = Common + """
        if text(KEYS[1], 1024) ~= ARGV[1] then return 0 end
        local stored = version(KEYS[2])
        if ARGV[4] ~= '' and stored and stored > tonumber(ARGV[4]) then return 0 end
        redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
        return 1
        """;

    /// <summary>Lease and document in KEYS; the own lease, what shall lie in its place and for how long, the document, its version and how long
    /// it lives, the greatest version that is believed, what was found unfit, channel and message.</summary>
    public const string End = Common + """
        if text(KEYS[1], 1024) == ARGV[1] then
          if ARGV[2] == '' then redis.call('DEL', KEYS[1]) else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
        end
        local published = 0
        if ARGV[4] ~= '' then
          local stored = version(KEYS[2])
          local isUnfit = ARGV[8] ~= '' and stored and redis.call('GETRANGE', KEYS[2], 0, #ARGV[8] - 1) == ARGV[8]
          if not stored or stored < tonumber(ARGV[5]) or stored > tonumber(ARGV[7]) or isUnfit then
            redis.call('SET', KEYS[2], ARGV[4], 'PX', ARGV[6])
            published = 1
          end
        end
        redis.call('PUBLISH', ARGV[9], ARGV[10])
        return published
        """;
}
