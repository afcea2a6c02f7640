/** How an account with its sessions is read, written and judged: session-machine.ts once more, packed. Lua. */
export const ACCOUNTS_SOURCE = `
local HEADER, HEADER_FORM = 17, '<I1I4I4I2I6'
local FIXED, FIXED_FORM = 102, '<c16c8I6I6I6I5I4I4I1c8c16c16I6'
local RIGHTS_AT = 52
local NOTHING = '${'\\0'.repeat(16)}'
local NUMBERS_LIVE_MS = 3600000

local run, run_read_at, proofs_since = nil, 0, 0

local function current_run(now)
  if run and now - run_read_at < 1000 then return run end
  local server, replication = redis.call('INFO', 'server'), redis.call('INFO', 'replication')
  local hash = redis.sha1hex(string.match(server, 'run_id:(%w+)') .. string.match(replication, 'master_replid:(%w+)'))
  local found = string.gsub(string.sub(hash, 1, 16), '%x%x', function(h) return string.char(tonumber(h, 16)) end)
  if found ~= run then
    -- Master since it was started: proofs are known since then. Else since now. The start is given in whole seconds.
    local always = not run and string.find(replication, 'second_repl_offset:%-1')
    local uptime = tonumber(string.match(server, 'uptime_in_seconds:(%d+)'))
    proofs_since = always and math.min(now, now - (uptime - 1) * 1000) or now
  end
  run, run_read_at = found, now
  return run
end

local function read_account(key)
  local account = { epoch = 0, rights = 0, pending = 0, deadline = 0, sessions = {} }
  local packed = redis.call('GET', key)
  if not packed then return account end
  local form, at
  form, account.epoch, account.rights, account.pending, account.deadline, at = struct.unpack(HEADER_FORM, packed)
  if form ~= 1 then error('an account in a form of another release') end
  while at <= #packed do
    local length
    length, at = struct.unpack('<I3', packed, at)
    local s = {}
    local flags
    s.id, s.run, s.created, s.seen, s.absolute, s.idle, s.epoch, s.rights, flags, s.fingerprint, s.refresh, s.previous,
      s.grace = struct.unpack(FIXED_FORM, packed, at)
    s.needs_proof, s.doubted = flags % 2, math.floor(flags / 2)
    s.body = string.sub(packed, at + FIXED, at + length - 1)
    at = at + length
    table.insert(account.sessions, s)
  end
  return account
end

local function pack(s)
  return struct.pack(FIXED_FORM, s.id, s.run, s.created, s.seen, s.absolute, s.idle, s.epoch, s.rights,
    s.needs_proof + 2 * s.doubted, s.fingerprint, s.refresh, s.previous, s.grace) .. s.body
end

local function write_account(key, account, now)
  local parts = { struct.pack(HEADER_FORM, 1, account.epoch, account.rights, account.pending, account.deadline) }
  local lives_until = math.max(now + NUMBERS_LIVE_MS, account.deadline)
  for _, s in ipairs(account.sessions) do
    local packed = pack(s)
    table.insert(parts, struct.pack('<I3', #packed) .. packed)
    lives_until = math.max(lives_until, math.min(s.absolute, s.seen + s.idle))
  end
  redis.call('SET', key, table.concat(parts), 'PXAT', digits(lives_until))
end

-- Leaves out what has ended, and the session named. Tells whether there was any.
local function drop_ended(account, now, id)
  local left, dropped = {}, false
  for _, s in ipairs(account.sessions) do
    local ended = s.epoch < account.epoch or s.absolute <= now or s.seen + s.idle <= now or s.id == id
    if ended then dropped = true else table.insert(left, s) end
  end
  account.sessions = left
  return dropped
end

-- The account without what has ended, and the session, nil when it has.
local function find(key, id, now)
  local account = read_account(key)
  for _, s in ipairs(account.sessions) do
    if s.id == id then
      if s.epoch >= account.epoch and s.absolute > now and s.seen + s.idle > now then return account, s end
      drop_ended(account, now)
      write_account(key, account, now)
      return account, nil
    end
  end
  return account, nil
end

local function raise(account, epoch, rights)
  account.epoch = math.max(account.epoch, tonumber(epoch))
  account.rights = math.max(account.rights, tonumber(rights))
end

-- Only what the database says from now on confirms a session of another run.
local function ask_about(s, now)
  if s.run == current_run(now) then return false end
  s.run, s.doubted = current_run(now), 1
  return true
end

-- 0 ended, 1 living, 2 stale, 3 stale and no change can still be on its way
local function standing(account, s, now)
  if not s then return 0 end
  if s.run == current_run(now) and s.doubted == 0 and s.rights >= account.rights and account.pending == 0 then return 1 end
  return (account.pending == 0 or account.deadline <= now) and 3 or 2
end
`;

/** What is done to the sessions of one account. Lua. */
export const SESSIONS_SOURCE = `
-- KEYS account. ARGV id, idle, absolute ms, epoch, rights, fingerprint, refresh hash, body, maximum, refuse
local function create(keys, a)
  local now, account = now_ms(), read_account(keys[1])
  raise(account, a[4], a[5])
  drop_ended(account, now)
  for _, s in ipairs(account.sessions) do
    if s.id == a[1] then return 'exists' end
  end
  local surplus = math.max(0, #account.sessions + 1 - tonumber(a[9]))
  if surplus > 0 and a[10] == '1' then
    write_account(keys[1], account, now)
    return 'refused'
  end
  local ended = {}
  for _ = 1, math.min(surplus, #account.sessions) do
    table.insert(ended, table.remove(account.sessions, 1).id)
  end
  table.insert(account.sessions, { id = a[1], run = current_run(now), created = now, seen = now, absolute = now + tonumber(a[3]),
    idle = tonumber(a[2]), epoch = tonumber(a[4]), rights = tonumber(a[5]), needs_proof = 0, doubted = 0, fingerprint = a[6],
    refresh = a[7], previous = NOTHING, grace = 0, body = a[8] })
  write_account(keys[1], account, now)
  return ended
end

-- KEYS account. ARGV id, settles, epoch, rights, body. Answers the session or false
local function confirm(keys, a)
  local now, account = now_ms(), read_account(keys[1])
  if a[2] == '1' and account.pending > 0 and account.deadline <= now then account.pending, account.deadline = 0, 0 end
  raise(account, a[3], a[4])
  drop_ended(account, now)
  local found = false
  for _, s in ipairs(account.sessions) do
    if s.id == a[1] then
      found = pack(s)
      if s.run ~= current_run(now) then
        found = string.sub(found, 1, RIGHTS_AT - 1) .. struct.pack('<I4', a[4]) .. string.sub(found, RIGHTS_AT + 4, FIXED) .. a[5]
      elseif s.doubted == 1 or tonumber(a[4]) >= s.rights then
        s.doubted, s.rights, s.body = 0, tonumber(a[4]), a[5]
        found = pack(s)
      end
    end
  end
  write_account(keys[1], account, now)
  return found
end

-- KEYS account. ARGV id, body, rights, fingerprint
local function prove(keys, a)
  local now = now_ms()
  local account, s = find(keys[1], a[1], now)
  if not s then return 0 end
  s.body, s.rights, s.fingerprint, s.needs_proof = a[2], tonumber(a[3]), a[4], 0
  write_account(keys[1], account, now)
  return 1
end

-- KEYS account. ARGV id
local function distrust(keys, a)
  local now = now_ms()
  local account, s = find(keys[1], a[1], now)
  if not s then return 0 end
  s.needs_proof = 1
  write_account(keys[1], account, now)
  return 1
end

-- KEYS account. ARGV id, presented, next, grace ms. Answers rotation, standing, session
local function rotate(keys, a)
  local now = now_ms()
  local account, s = find(keys[1], a[1], now)
  if not s then return { 'absent', 0, false } end
  local rotated = a[2] ~= NOTHING and a[2] == s.refresh
  local retried = a[2] ~= NOTHING and not rotated and a[2] == s.previous and now < s.grace
  if not rotated and not retried then
    drop_ended(account, now, a[1])
    write_account(keys[1], account, now)
    return { 'reused', 0, false }
  end
  local keeps = rotated and tonumber(a[4]) > 0
  s.previous, s.grace = keeps and s.refresh or NOTHING, keeps and now + tonumber(a[4]) or 0
  s.refresh, s.seen = a[3], now
  ask_about(s, now)
  write_account(keys[1], account, now)
  return { rotated and 'rotated' or 'retried', standing(account, s, now), pack(s) }
end

-- KEYS account. ARGV longest ms
local function begin_change(keys, a)
  local now, account = now_ms(), read_account(keys[1])
  account.pending = math.min(account.pending + 1, 65535)
  account.deadline = math.max(account.deadline, now + tonumber(a[1]))
  write_account(keys[1], account, now)
  return 1
end

-- KEYS account. ARGV epoch, rights
local function settle_change(keys, a)
  local now, account = now_ms(), read_account(keys[1])
  account.pending = math.max(0, account.pending - 1)
  if account.pending == 0 then account.deadline = 0 end
  raise(account, a[1], a[2])
  drop_ended(account, now)
  write_account(keys[1], account, now)
  return 1
end

-- KEYS account. ARGV id
local function revoke(keys, a)
  local now, account = now_ms(), read_account(keys[1])
  if drop_ended(account, now, a[1]) then write_account(keys[1], account, now) end
  return 1
end

-- KEYS account
local function list(keys)
  local account, packed = read_account(keys[1]), {}
  drop_ended(account, now_ms())
  for _, s in ipairs(account.sessions) do table.insert(packed, pack(s)) end
  return packed
end

-- KEYS accounts. Answers how many sessions they have and how many of them have any
local function sweep(keys)
  local now, sessions, accounts = now_ms(), 0, 0
  for _, key in ipairs(keys) do
    local account = read_account(key)
    if drop_ended(account, now) then write_account(key, account, now) end
    sessions = sessions + #account.sessions
    if #account.sessions > 0 then accounts = accounts + 1 end
  end
  return { sessions, accounts }
end
`;
