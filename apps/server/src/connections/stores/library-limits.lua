-- The clock of the server, and limits: gcra.ts once more, in microseconds.

local function now_us()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000000 + tonumber(time[2])
end

local function now_ms()
  return math.floor(now_us() / 1000)
end

-- Lua prints a number with 14 digits; a time in microseconds has 16.
local function digits(number)
  return string.format('%.0f', number)
end

-- Answers a decision (allowed, remaining, retry after us), and whether it allows.
local function take_limit(key, interval_us, burst, now)
  interval_us, burst = tonumber(interval_us), tonumber(burst)
  local arrival = math.max(tonumber(redis.call('GET', key)) or now, now)
  local wait = arrival + interval_us - burst * interval_us - now
  if wait > 0 then return { 0, 0, wait }, false end
  arrival = arrival + interval_us
  redis.call('SET', key, digits(arrival), 'PX', math.ceil((arrival - now) / 1000))
  return { 1, math.floor((burst * interval_us - (arrival - now)) / interval_us), 0 }, true
end

-- KEYS limit. ARGV interval us, burst. Answers allowed, remaining, retry after us
local function take(keys, arguments)
  local key, interval_us, burst = keys[1], arguments[1], arguments[2]
  local decision = take_limit(key, interval_us, burst, now_us())
  return decision
end

-- KEYS limit. ARGV interval us
local function give_back(keys, arguments)
  local key, interval_us, now = keys[1], tonumber(arguments[1]), now_us()
  local arrival = (tonumber(redis.call('GET', key)) or now) - interval_us
  if arrival <= now then return redis.call('DEL', key) end
  redis.call('SET', key, digits(arrival), 'PX', math.ceil((arrival - now) / 1000))
  return 1
end
