namespace Sallyport.Gateway.Revocation;

/// <summary>What Redis does in one step. All keys have the hash tag <c>{revocation}</c>, so that a cluster keeps them together.</summary>
internal static class RevocationScripts
{
    /// <summary>Stores records of one bucket, and tells all replicas.</summary>
    /// <remarks>
    /// KEYS: bucket, index of buckets, head. ARGV: end of the bucket, seconds after which it is dropped, an id for a head that has
    /// none, channel, records. What is not of its type is garbage and gives way. Ended buckets leave the index by Redis's own clock,
    /// so that a writer whose clock is wrong takes nothing away.
    /// </remarks>
    public const string Append = """
        local function fit(key, kind)
          local found = redis.call('TYPE', key)['ok']
          if found ~= kind and found ~= 'none' then redis.call('DEL', key) end
        end
        fit(KEYS[1], 'list')
        fit(KEYS[2], 'zset')
        fit(KEYS[3], 'hash')
        redis.call('RPUSH', KEYS[1], unpack(ARGV, 5))
        redis.call('EXPIREAT', KEYS[1], ARGV[1] + ARGV[2])
        redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', redis.call('TIME')[1] - ARGV[2])
        redis.call('ZADD', KEYS[2], ARGV[1], ARGV[1])
        redis.call('HSETNX', KEYS[3], 'epoch', ARGV[3])
        if type(redis.pcall('HINCRBY', KEYS[3], 'count', #ARGV - 4)) ~= 'number' then
          redis.call('HSET', KEYS[3], 'count', #ARGV - 4)
        end
        redis.call('PUBLISH', ARGV[4], '')
        return 1
        """;

    /// <summary>Reads head and index. KEYS: head, index. ARGV: now, the most buckets. Answers epoch, count, ends; absent is nil.</summary>
    public const string Overview = """
        local head, ends = {false, false}, {}
        if redis.call('TYPE', KEYS[1])['ok'] == 'hash' then head = redis.call('HMGET', KEYS[1], 'epoch', 'count') end
        if redis.call('TYPE', KEYS[2])['ok'] == 'zset' then
          ends = redis.call('ZRANGEBYSCORE', KEYS[2], '(' .. ARGV[1], '+inf', 'LIMIT', 0, ARGV[2])
        end
        return {head[1], head[2], ends}
        """;

    /// <summary>Reads the lengths of lists. KEYS: the lists. What is no list has none.</summary>
    public const string Lengths = """
        local lengths = {}
        for i, key in ipairs(KEYS) do
          if redis.call('TYPE', key)['ok'] == 'list' then lengths[i] = redis.call('LLEN', key) else lengths[i] = 0 end
        end
        return lengths
        """;

    /// <summary>Takes the writer's lock, or keeps it. KEYS: lock. ARGV: owner, milliseconds. Answers 1 to its owner.</summary>
    public const string Lock = """
        if redis.call('TYPE', KEYS[1])['ok'] ~= 'string' then redis.call('DEL', KEYS[1]) end
        if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end
        if redis.call('GET', KEYS[1]) ~= ARGV[1] then
          if redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
          return 0
        end
        redis.call('PEXPIRE', KEYS[1], ARGV[2])
        return 1
        """;

    /// <summary>Gives the writer's lock back. KEYS: lock. ARGV: owner.</summary>
    public const string Unlock = """
        if redis.call('TYPE', KEYS[1])['ok'] == 'string' and redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
        return 1
        """;
}
