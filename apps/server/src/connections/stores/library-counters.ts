/** The clock of the server, and one step of a limit: gcra.ts once more, in microseconds. Lua. */
export const LIMITS_SOURCE = `
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

local function take_limit(key, interval, burst, now)
  interval, burst = tonumber(interval), tonumber(burst)
  local arrival = math.max(tonumber(redis.call('GET', key)) or now, now)
  local wait = arrival + interval - burst * interval - now
  if wait > 0 then return { 0, 0, wait } end
  arrival = arrival + interval
  redis.call('SET', key, digits(arrival), 'PX', math.ceil((arrival - now) / 1000))
  return { 1, math.floor((burst * interval - (arrival - now)) / interval), 0 }
end
`;

/** Limits by themselves, failed attempts (lockout.ts once more), kept values and leases. Lua. */
export const COUNTERS_SOURCE = `
-- KEYS limit. ARGV interval in us, burst
local function take(keys, a)
  return take_limit(keys[1], a[1], a[2], now_us())
end

-- KEYS limit. ARGV interval in us
local function give_back(keys, a)
  local now = now_us()
  local arrival = (tonumber(redis.call('GET', keys[1])) or now) - tonumber(a[1])
  if arrival <= now then return redis.call('DEL', keys[1]) end
  redis.call('SET', keys[1], digits(arrival), 'PX', math.ceil((arrival - now) / 1000))
  return 1
end

local function write_attempts(key, failures, locked_until, forgotten_at)
  redis.call('SET', key, digits(failures) .. ' ' .. digits(locked_until), 'PXAT', digits(forgotten_at))
end

local function read_attempts(key)
  local kept = redis.call('GET', key)
  if not kept then return 0, 0 end
  local failures, locked_until = string.match(kept, '^(%d+) (%d+)$')
  return tonumber(failures), tonumber(locked_until)
end

-- KEYS subject. ARGV locks at, forget ms, lock ms... Answers allowed, retry after ms, failures
local function attempt(keys, a)
  local now = now_ms()
  local failures, locked_until = read_attempts(keys[1])
  if locked_until > now then return { 0, locked_until - now, failures } end
  failures = failures + 1
  local beyond = failures - tonumber(a[1])
  local lock = beyond >= 0 and tonumber(a[math.min(beyond, #a - 3) + 3]) or 0
  write_attempts(keys[1], failures, now + lock, now + lock + tonumber(a[2]))
  return { 1, 0, failures }
end

-- KEYS subject. ARGV forget ms
local function forgive(keys, a)
  local now = now_ms()
  local failures, locked_until = read_attempts(keys[1])
  if failures <= 1 then return redis.call('DEL', keys[1]) end
  write_attempts(keys[1], failures - 1, math.min(locked_until, now), now + tonumber(a[1]))
  return 1
end

-- KEYS name. ARGV value, lives ms
local function keep(keys, a)
  redis.call('SET', keys[1], a[1], 'PX', a[2])
  return 1
end

local function peek(keys)
  return redis.call('GET', keys[1])
end

local function take_kept(keys)
  return redis.call('GETDEL', keys[1])
end

-- KEYS name. ARGV lives ms
local function lease(keys, a)
  return redis.call('SET', keys[1], '', 'NX', 'PX', a[1]) and 1 or 0
end
`;
