namespace Sallyport.Gateway.Audit;

/// <summary>What runs inside Redis. KEYS: head, <c>SEQ.HASH.TRAIL</c>; trail, a stream; checkpoints, a stream. The entry of record 7 has the id 7-0.</summary>
internal static class RedisTrailScripts
{
    private const string Common = """
        local function head()
          local kind = redis.call('TYPE', KEYS[1])['ok']
          if kind == 'none' then return '' end
          if kind ~= 'string' or redis.call('STRLEN', KEYS[1]) > 256 then return '!' end
          return redis.call('GET', KEYS[1])
        end
        local function last(key)
          local entries = redis.call('XREVRANGE', key, '+', '-', 'COUNT', 1)
          if #entries == 0 then return '', '' end
          return entries[1][1], entries[1][2][2]
        end

        """;

    /// <summary>Answers the head, the last line and its id, and the last checkpoint; empty for what is not there.</summary>
    public const string Read = Common + """
        local id, line = last(KEYS[2])
        local _, checkpoint = last(KEYS[3])
        return { head(), id, line, checkpoint }
        """;

    /// <summary>
    /// ARGV: the head that must lie there, empty for none; the id of its line; the new head; the number of the first line; how many lines; the lines; then number and text of each checkpoint.
    /// Answers 1 if they were written, 0 where another head lies there, -1 where the stream does not end where the head says.
    /// </summary>
    public const string Append = Common + """
        if head() ~= ARGV[1] then return 0 end
        local id = last(KEYS[2])
        if id ~= ARGV[2] then return -1 end
        local first, count = tonumber(ARGV[4]), tonumber(ARGV[5])
        for i = 1, count do
          redis.call('XADD', KEYS[2], string.format('%.0f-0', first + i - 1), 'line', ARGV[5 + i])
        end
        for i = 6 + count, #ARGV, 2 do
          redis.call('XADD', KEYS[3], ARGV[i] .. '-0', 'jws', ARGV[i + 1])
        end
        redis.call('SET', KEYS[1], ARGV[3])
        return 1
        """;
}
