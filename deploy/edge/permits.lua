#!lua name=yunhu_edge
-- What the edge remembers of permits; loaded once into its own Redis or Valkey:
--   redis-cli -x FUNCTION LOAD REPLACE < permits.lua
-- The server has to run with `appendonly yes` and `appendfsync always`: a permit is spent on the
-- disk before its INVITE is relayed, and its line of the log with it.

local DAY = 86400
-- A store that lost its last marks could only be asked about permits that are over by then.
local LEAST_UP = 12
local CHALLENGE = 10
local MOST_CHALLENGES = 2

local CALL = 43200
-- Of this run of the server: each starts with a library that has yet to ask.
local ready = false

local function is_ready()
    if not ready then
        local said = redis.call('INFO', 'server')
        ready = (tonumber(string.match(said, 'uptime_in_seconds:(%d+)')) or 0) >= LEAST_UP
    end
    return ready
end

-- keys: permit's mark, challenge's mark; args: fresh, permit, trunk, source, Call-ID.
-- 1: let through, 2: the answer to a challenge, 0: spent, 3: expired, -1: ask again later.
local function admit(keys, args)
    if not is_ready() then
        return -1
    end
    if redis.call('DEL', keys[2]) == 1 then
        return 2
    end
    if args[1] ~= '1' then
        return 3
    end
    if not redis.call('SET', keys[1], '1', 'NX', 'EX', DAY) then
        return 0
    end
    redis.call('XADD', 'yunhu:edge:log', '*', 'why', '', 'permit', '-' .. args[2],
        'trunk', '-' .. args[3], 'source', args[4], 'masked', '', 'call', args[5])
    return 1
end

-- keys: how often this permit was asked for credentials, the mark of this challenge.
local function challenged(keys, args)
    if redis.call('INCR', keys[1]) > MOST_CHALLENGES then
        return 0
    end
    redis.call('EXPIRE', keys[1], DAY)
    redis.call('SET', keys[2], '1', 'EX', CHALLENGE)
    return 1
end

-- keys: a call; args: its trunk and where each side may be invited, or that it is over.
local function call(keys, args)
    if args[1] == 'over' then
        return redis.call('DEL', keys[1])
    end
    redis.call('SET', keys[1], args[1], 'EX', CALL)
    return 1
end

redis.register_function('yunhu_admit', admit)
redis.register_function('yunhu_call', call)
redis.register_function('yunhu_challenged', challenged)
