-- How an account with its sessions is read, written and judged: session-machine.ts once more, packed as packed-session.ts reads it.

local HEADER_FORM = '<I1I4I4I2I6'
local SESSION_FORM, SESSION_BYTES = '<c16c8I6I6I6I5I4I4I1c8c16c16I6', 102
-- Where a packed session has the version of its rights.
local RIGHTS_AT, RIGHTS_BYTES = 52, 4
local NO_HASH = '\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0'
local NUMBERS_LIVE_MS = 3600000
local ENDED, LIVING, STALE, STALE_AND_SETTLES = 0, 1, 2, 3

local run, run_read_at, proofs_since = nil, 0, 0

local function bytes_of(hexadecimal)
  return (string.gsub(hexadecimal, '%x%x', function(byte) return string.char(tonumber(byte, 16)) end))
end

local function current_run(now)
  if run and now - run_read_at < 1000 then return run end
  local server, replication = redis.call('INFO', 'server'), redis.call('INFO', 'replication')
  local hash = redis.sha1hex(string.match(server, 'run_id:(%w+)') .. string.match(replication, 'master_replid:(%w+)'))
  local found = bytes_of(string.sub(hash, 1, 16))
  if found ~= run then
    -- Master since it was started: proofs are known since then. Else since now. The start is given in whole seconds.
    local always_master = not run and string.find(replication, 'second_repl_offset:%-1')
    local uptime_seconds = tonumber(string.match(server, 'uptime_in_seconds:(%d+)'))
    proofs_since = always_master and math.min(now, now - (uptime_seconds - 1) * 1000) or now
  end
  run, run_read_at = found, now
  return run
end

-- The session packed at this place.
local function unpack_session(packed, at, length)
  local session = {}
  local flags
  session.id, session.run, session.created_at, session.seen_at, session.expires_at, session.idle_ms, session.epoch,
    session.rights, flags, session.fingerprint, session.refresh_hash, session.previous_hash, session.previous_until =
    struct.unpack(SESSION_FORM, packed, at)
  session.needs_proof, session.is_doubted = flags % 2, math.floor(flags / 2)
  session.body = string.sub(packed, at + SESSION_BYTES, at + length - 1)
  return session
end

local function pack_session(session)
  return struct.pack(SESSION_FORM, session.id, session.run, session.created_at, session.seen_at, session.expires_at,
    session.idle_ms, session.epoch, session.rights, session.needs_proof + 2 * session.is_doubted, session.fingerprint,
    session.refresh_hash, session.previous_hash, session.previous_until) .. session.body
end

local function read_account(key)
  local account = { epoch = 0, rights = 0, pending = 0, pending_until = 0, sessions = {} }
  local packed = redis.call('GET', key)
  if not packed then return account end
  local form, at
  form, account.epoch, account.rights, account.pending, account.pending_until, at = struct.unpack(HEADER_FORM, packed)
  if form ~= 1 then error('an account in a form of another release') end
  while at <= #packed do
    local length
    length, at = struct.unpack('<I3', packed, at)
    table.insert(account.sessions, unpack_session(packed, at, length))
    at = at + length
  end
  return account
end

local function write_account(key, account, now)
  local parts = { struct.pack(HEADER_FORM, 1, account.epoch, account.rights, account.pending, account.pending_until) }
  local lives_until = math.max(now + NUMBERS_LIVE_MS, account.pending_until)
  for _, session in ipairs(account.sessions) do
    local packed = pack_session(session)
    table.insert(parts, struct.pack('<I3', #packed) .. packed)
    lives_until = math.max(lives_until, math.min(session.expires_at, session.seen_at + session.idle_ms))
  end
  redis.call('SET', key, table.concat(parts), 'PXAT', digits(lives_until))
end

local function has_ended(account, session, now)
  return session.epoch < account.epoch or session.expires_at <= now or session.seen_at + session.idle_ms <= now
end

-- Leaves out what has ended, and the session named. Tells whether there was any.
local function drop_ended(account, now, id)
  local left, has_dropped = {}, false
  for _, session in ipairs(account.sessions) do
    if session.id == id or has_ended(account, session, now) then
      has_dropped = true
    else
      table.insert(left, session)
    end
  end
  account.sessions = left
  return has_dropped
end

-- The account, without what has ended if that was asked for, and the session, nil when it has.
local function find_session(key, id, now)
  local account = read_account(key)
  for _, session in ipairs(account.sessions) do
    if session.id == id then
      if not has_ended(account, session, now) then return account, session end
      drop_ended(account, now)
      write_account(key, account, now)
      return account, nil
    end
  end
  return account, nil
end

-- Numbers only go up.
local function raise_numbers(account, epoch, rights)
  account.epoch = math.max(account.epoch, tonumber(epoch))
  account.rights = math.max(account.rights, tonumber(rights))
end

-- Only what the database says from now on confirms a session of another run.
local function ask_about(session, now)
  if session.run == current_run(now) then return false end
  session.run, session.is_doubted = current_run(now), 1
  return true
end

local function standing_of(account, session, now)
  if not session then return ENDED end
  local is_vouched_for = session.run == current_run(now) and session.is_doubted == 0
  if is_vouched_for and session.rights >= account.rights and account.pending == 0 then return LIVING end
  return (account.pending == 0 or account.pending_until <= now) and STALE_AND_SETTLES or STALE
end
