-- Failed attempts: lockout.ts once more. What is kept is when the counted ones were made, in milliseconds, in the order of counting.

-- A rule as it comes: 'ladder', locks at, forget ms, lock ms... or 'window', locks at, window ms.
local function rule_in(arguments, first)
  local kind, locks_at, ms = arguments[first], tonumber(arguments[first + 1]), tonumber(arguments[first + 2])
  if kind == 'window' then return { locks_at = locks_at, window_ms = ms } end
  local lock_ms = {}
  for i = first + 3, #arguments do table.insert(lock_ms, tonumber(arguments[i])) end
  return { locks_at = locks_at, forget_ms = ms, lock_ms = lock_ms }
end

-- How long a ladder locks after so many failures: 0 for the free ones.
local function lock_after(count, rule)
  if count < rule.locks_at then return 0 end
  return rule.lock_ms[math.min(count - rule.locks_at + 1, #rule.lock_ms)] or 0
end

local function locked_until(attempts, rule)
  local count = #attempts
  if rule.window_ms then
    return count < rule.locks_at and 0 or attempts[count - rule.locks_at + 1] + rule.window_ms
  end
  local lock_ms = lock_after(count, rule)
  return lock_ms == 0 and 0 or attempts[count] + lock_ms
end

-- Of no attempts there is no such time.
local function forgotten_at(attempts, rule)
  local count = #attempts
  return attempts[count] + (rule.window_ms or lock_after(count, rule) + rule.forget_ms)
end

local function read_attempts(key)
  local attempts = {}
  for at in string.gmatch(redis.call('GET', key) or '', '%d+') do table.insert(attempts, tonumber(at)) end
  return attempts
end

-- Milliseconds have 13 digits, which Lua prints as they are.
local function write_attempts(key, attempts, rule)
  if #attempts == 0 then return redis.call('DEL', key) end
  redis.call('SET', key, table.concat(attempts, ' '), 'PXAT', digits(forgotten_at(attempts, rule)))
end

local function living_attempts(attempts, rule, now)
  if #attempts == 0 then return attempts end
  if not rule.window_ms then return forgotten_at(attempts, rule) > now and attempts or {} end
  local living = {}
  for _, at in ipairs(attempts) do
    if at + rule.window_ms > now then table.insert(living, at) end
  end
  return living
end

-- KEYS subject. ARGV rule. Answers allowed, retry after ms, failures, counted at
local function attempt(keys, arguments)
  local key, rule, now = keys[1], rule_in(arguments, 1), now_ms()
  local attempts = living_attempts(read_attempts(key), rule, now)
  local free_at = locked_until(attempts, rule)
  if free_at > now then return { 0, free_at - now, #attempts, 0 } end
  local most = rule.locks_at + (rule.lock_ms and #rule.lock_ms or 0)
  table.insert(attempts, now)
  while #attempts > most do table.remove(attempts, 1) end
  write_attempts(key, attempts, rule)
  return { 1, 0, #attempts, now }
end

-- KEYS subject. ARGV counted at, rule
local function forgive(keys, arguments)
  local key, counted_at, rule = keys[1], tonumber(arguments[1]), rule_in(arguments, 2)
  local attempts = read_attempts(key)
  for i = #attempts, 1, -1 do
    if attempts[i] == counted_at then
      table.remove(attempts, i)
      write_attempts(key, attempts, rule)
      return 1
    end
  end
  return 0
end

-- KEYS subject
local function disregard(keys)
  return redis.call('DEL', keys[1])
end
