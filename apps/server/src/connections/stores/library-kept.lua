-- Kept values and leases.

-- KEYS name. ARGV value, lives ms
local function keep(keys, arguments)
  local key, value, lives_ms = keys[1], arguments[1], arguments[2]
  redis.call('SET', key, value, 'PX', lives_ms)
  return 1
end

-- KEYS name
local function peek(keys)
  return redis.call('GET', keys[1])
end

-- KEYS name
local function take_kept(keys)
  return redis.call('GETDEL', keys[1])
end

-- KEYS name. ARGV lives ms. Answers 1 to the one who has it
local function lease(keys, arguments)
  local key, lives_ms = keys[1], arguments[1]
  return redis.call('SET', key, '', 'NX', 'PX', lives_ms) and 1 or 0
end
