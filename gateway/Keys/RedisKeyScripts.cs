namespace Sallyport.Gateway.Keys;

/// <summary>What runs inside Redis. KEYS: ring, <c>epoch.document</c>; lease, <c>fence.owner.end</c>. Times are of Redis's own clock, in milliseconds.</summary>
internal static class RedisKeyScripts
{
    private const string Common = """
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        local function text(key, most)
          local kind = redis.call('TYPE', key)['ok']
          if kind == 'none' then return '' end
          if kind ~= 'string' or redis.call('STRLEN', key) > most then return '!' end
          return redis.call('GET', key)
        end
        local function lease()
          local fence, owner, till = string.match(text(KEYS[2], 128), '^(%d+)%.(%w*)%.(%d+)$')
          fence, till = tonumber(fence), tonumber(till)
          if not fence or fence > 9e15 then return 0, '', 0 end
          return fence, owner, till
        end

        """;

    /// <summary>ARGV: the most bytes. Answers the time, and what lies there; <c>!</c> for what is no string or too long.</summary>
    public const string Read = Common + """
        return { string.format('%.0f', now), text(KEYS[1], tonumber(ARGV[1])) }
        """;

    /// <summary>ARGV: owner, milliseconds, the longest lease that is believed. Answers the fence, or 0 while another has it.</summary>
    public const string Take = Common + """
        local fence, owner, till = lease()
        if owner ~= '' and till > now and till - now <= tonumber(ARGV[3]) then return 0 end
        if redis.call('TYPE', KEYS[2])['ok'] ~= 'string' then redis.call('DEL', KEYS[2]) end
        redis.call('SET', KEYS[2], string.format('%.0f.%s.%.0f', fence + 1, ARGV[1], now + ARGV[2]))
        return fence + 1
        """;

    /// <summary>ARGV: owner, fence, the epoch that must lie there, the new one, document, channel. Answers 1 if it was written.</summary>
    public const string Write = Common + """
        local fence, owner, till = lease()
        if owner ~= ARGV[1] or fence ~= tonumber(ARGV[2]) or till <= now then return 0 end
        local epoch = 0
        if redis.call('TYPE', KEYS[1])['ok'] ~= 'none' then
          epoch = -1
          if redis.call('TYPE', KEYS[1])['ok'] == 'string' then
            epoch = tonumber(string.match(redis.call('GETRANGE', KEYS[1], 0, 20), '^(%d+)%.')) or -1
          end
        end
        if epoch ~= tonumber(ARGV[3]) then return 0 end
        redis.call('SET', KEYS[1], ARGV[4] .. '.' .. ARGV[5])
        redis.call('PUBLISH', ARGV[6], ARGV[4])
        return 1
        """;

    /// <summary>ARGV: owner, fence. The fence stays: the next lease has a greater one.</summary>
    public const string Release = Common + """
        local fence, owner = lease()
        if owner == ARGV[1] and fence == tonumber(ARGV[2]) then redis.call('SET', KEYS[2], string.format('%.0f..0', fence)) end
        return 1
        """;
}
