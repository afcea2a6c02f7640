/**
 * The Redis Function library of Careward. Functions run whole or not at all, by the server's own clock, so no process can see
 * or act on half a step. Names end in a version: servers of two releases can share one store while they are exchanged.
 *
 * Keys, all under one prefix: `s:<session>` hash, `live` sorted set of session ids by expiry, `e:<account>` epoch of
 * revocations, `l:<limit>` theoretical arrival time in microseconds. A session holds the epoch it was made in; raising the
 * account's epoch ends all of them at once. An epoch has no expiry: were it forgotten, an old session could come back.
 * The account of a session is known only from the session, so its epoch key is made inside the function: one server, not a
 * cluster.
 */
export const REDIS_LIBRARY = `#!lua name=careward
local function now_us()
  local t = redis.call('TIME')
  return tonumber(t[1]) * 1000000 + tonumber(t[2])
end

local function now_ms()
  return math.floor(now_us() / 1000)
end

-- Lua prints a number with 14 digits; a time in microseconds has 16.
local function digits(n)
  return string.format('%.0f', n)
end

local function drop(keys, id)
  redis.call('DEL', keys[1])
  redis.call('ZREM', keys[2], id)
end

-- The session's fields, or nil when it is absent, expired or revoked.
local function living(keys, id, epochs, now)
  local s = redis.call('HMGET', keys[1], 'account', 'created', 'absolute', 'idle', 'refresh', 'principal', 'epoch')
  if not s[1] then return nil end
  local epoch = redis.call('GET', epochs .. s[1]) or '0'
  if epoch ~= s[7] or tonumber(s[3]) <= now then
    drop(keys, id)
    return nil
  end
  return s
end

local function touch(keys, id, absolute, idle, now)
  local expiry = math.min(tonumber(absolute), now + tonumber(idle))
  redis.call('PEXPIREAT', keys[1], digits(expiry))
  redis.call('ZADD', keys[2], digits(expiry), id)
end

-- KEYS session, live. ARGV id, epoch prefix, account, created, absolute, idle, refresh, principal
redis.register_function('careward_create_1', function(keys, a)
  local now = now_ms()
  if living(keys, a[1], a[2], now) then return 0 end
  local epoch = redis.call('GET', a[2] .. a[3]) or '0'
  redis.call('HSET', keys[1], 'account', a[3], 'created', a[4], 'absolute', a[5], 'idle', a[6],
    'refresh', a[7], 'principal', a[8], 'epoch', epoch)
  touch(keys, a[1], a[5], a[6], now)
  redis.call('ZREMRANGEBYSCORE', keys[2], '-inf', digits(now))
  return 1
end)

-- KEYS session, live. ARGV id, epoch prefix
redis.register_function('careward_check_1', function(keys, a)
  local now = now_ms()
  local s = living(keys, a[1], a[2], now)
  if not s then return false end
  touch(keys, a[1], s[3], s[4], now)
  return s
end)

-- KEYS session, live. ARGV id, epoch prefix, presented, next
redis.register_function('careward_rotate_1', function(keys, a)
  local now = now_ms()
  local s = living(keys, a[1], a[2], now)
  if not s then return 'absent' end
  if s[5] ~= a[3] then
    drop(keys, a[1])
    return 'reused'
  end
  redis.call('HSET', keys[1], 'refresh', a[4])
  touch(keys, a[1], s[3], s[4], now)
  return 'rotated'
end)

-- KEYS session, live. ARGV id
redis.register_function('careward_revoke_1', function(keys, a)
  drop(keys, a[1])
  return 1
end)

-- KEYS epoch
redis.register_function('careward_revoke_account_1', function(keys)
  return redis.call('INCR', keys[1])
end)

-- KEYS live
redis.register_function('careward_count_1', function(keys)
  redis.call('ZREMRANGEBYSCORE', keys[1], '-inf', digits(now_ms()))
  return redis.call('ZCARD', keys[1])
end)

-- KEYS limit. ARGV interval in us, burst. Answers allowed, remaining, wait in us
redis.register_function('careward_take_1', function(keys, a)
  local now, interval, burst = now_us(), tonumber(a[1]), tonumber(a[2])
  local arrival = math.max(tonumber(redis.call('GET', keys[1])) or now, now)
  local wait = arrival + interval - burst * interval - now
  if wait > 0 then return { 0, 0, wait } end
  arrival = arrival + interval
  redis.call('SET', keys[1], digits(arrival), 'PX', math.ceil((arrival - now) / 1000))
  return { 1, math.floor((burst * interval - (arrival - now)) / interval), 0 }
end)

-- KEYS limit. ARGV interval in us
redis.register_function('careward_give_back_1', function(keys, a)
  local now = now_us()
  local arrival = (tonumber(redis.call('GET', keys[1])) or now) - tonumber(a[1])
  if arrival <= now then return redis.call('DEL', keys[1]) end
  redis.call('SET', keys[1], digits(arrival), 'PX', math.ceil((arrival - now) / 1000))
  return 1
end)
`;
