-- What is done to the sessions of one account: see the functions of session-machine.ts with the same names.

-- KEYS account. ARGV id, idle ms, absolute ms, epoch, rights, fingerprint, refresh hash, body, maximum, 1 to refuse at the maximum.
-- Answers the ids of the sessions that had to go, 'exists' or 'refused'
local function create(keys, arguments)
  local account_key, id, body = keys[1], arguments[1], arguments[8]
  local idle_ms, absolute_ms = tonumber(arguments[2]), tonumber(arguments[3])
  local epoch, rights = tonumber(arguments[4]), tonumber(arguments[5])
  local fingerprint, refresh_hash = arguments[6], arguments[7]
  local maximum, refuses = tonumber(arguments[9]), arguments[10] == '1'
  local now, account = now_ms(), read_account(account_key)
  raise_numbers(account, epoch, rights)
  drop_ended(account, now)
  for _, session in ipairs(account.sessions) do
    if session.id == id then
      write_account(account_key, account, now)
      return 'exists'
    end
  end
  local surplus = math.max(0, #account.sessions + 1 - maximum)
  if surplus > 0 and refuses then
    write_account(account_key, account, now)
    return 'refused'
  end
  local ended = {}
  for _ = 1, math.min(surplus, #account.sessions) do
    table.insert(ended, table.remove(account.sessions, 1).id)
  end
  table.insert(account.sessions, {
    id = id, run = current_run(now), created_at = now, seen_at = now, expires_at = now + absolute_ms, idle_ms = idle_ms,
    epoch = epoch, rights = rights, needs_proof = 0, is_doubted = 0, fingerprint = fingerprint,
    refresh_hash = refresh_hash, previous_hash = NO_HASH, previous_until = 0, body = body,
  })
  write_account(account_key, account, now)
  return ended
end

-- A packed session with what the database said, without writing it.
local function packed_with(session, rights, body)
  local packed = pack_session(session)
  return string.sub(packed, 1, RIGHTS_AT - 1) .. struct.pack('<I4', rights)
    .. string.sub(packed, RIGHTS_AT + RIGHTS_BYTES, SESSION_BYTES) .. body
end

-- KEYS account. ARGV id, 1 when it settles, epoch, rights, body. Answers the session or false
local function confirm(keys, arguments)
  local account_key, id, settles = keys[1], arguments[1], arguments[2] == '1'
  local epoch, rights, body = tonumber(arguments[3]), tonumber(arguments[4]), arguments[5]
  local now, account = now_ms(), read_account(account_key)
  if settles and account.pending > 0 and account.pending_until <= now then
    account.pending, account.pending_until = 0, 0
  end
  raise_numbers(account, epoch, rights)
  drop_ended(account, now)
  local answer = false
  for _, session in ipairs(account.sessions) do
    if session.id == id then
      if session.run ~= current_run(now) then
        answer = packed_with(session, rights, body)
      else
        if session.is_doubted == 1 or rights >= session.rights then
          session.is_doubted, session.rights, session.body = 0, rights, body
        end
        answer = pack_session(session)
      end
    end
  end
  write_account(account_key, account, now)
  return answer
end

-- KEYS account. ARGV id
local function distrust(keys, arguments)
  local account_key, id, now = keys[1], arguments[1], now_ms()
  local account, session = find_session(account_key, id, now)
  if not session then return 0 end
  session.needs_proof = 1
  write_account(account_key, account, now)
  return 1
end

local function rotation_of(session, presented, now)
  if presented == NO_HASH then return 'reused' end
  if presented == session.refresh_hash then return 'rotated' end
  return presented == session.previous_hash and now < session.previous_until and 'retried' or 'reused'
end

-- KEYS account. ARGV id, presented hash, next hash, grace ms. Answers rotation, standing, session
local function rotate(keys, arguments)
  local account_key, id, presented = keys[1], arguments[1], arguments[2]
  local next_hash, grace_ms, now = arguments[3], tonumber(arguments[4]), now_ms()
  local account, session = find_session(account_key, id, now)
  if not session then return { 'absent', ENDED, false } end
  local rotation = rotation_of(session, presented, now)
  if rotation == 'reused' then
    drop_ended(account, now, id)
    write_account(account_key, account, now)
    return { rotation, ENDED, false }
  end
  local keeps_previous = rotation == 'rotated' and grace_ms > 0
  session.previous_hash = keeps_previous and session.refresh_hash or NO_HASH
  session.previous_until = keeps_previous and now + grace_ms or 0
  session.refresh_hash, session.seen_at = next_hash, now
  ask_about(session, now)
  write_account(account_key, account, now)
  return { rotation, standing_of(account, session, now), pack_session(session) }
end

-- KEYS account. ARGV longest ms
local function begin_change(keys, arguments)
  local account_key, longest_ms = keys[1], tonumber(arguments[1])
  local now, account = now_ms(), read_account(account_key)
  account.pending = math.min(account.pending + 1, 65535)
  account.pending_until = math.max(account.pending_until, now + longest_ms)
  write_account(account_key, account, now)
  return 1
end

-- KEYS account. ARGV epoch, rights
local function settle_change(keys, arguments)
  local account_key, epoch, rights = keys[1], arguments[1], arguments[2]
  local now, account = now_ms(), read_account(account_key)
  account.pending = math.max(0, account.pending - 1)
  if account.pending == 0 then account.pending_until = 0 end
  raise_numbers(account, epoch, rights)
  drop_ended(account, now)
  write_account(account_key, account, now)
  return 1
end

-- KEYS account. ARGV id
local function revoke(keys, arguments)
  local account_key, id = keys[1], arguments[1]
  local now, account = now_ms(), read_account(account_key)
  if drop_ended(account, now, id) then write_account(account_key, account, now) end
  return 1
end

-- KEYS account. Answers its living sessions
local function list(keys)
  local account, packed = read_account(keys[1]), {}
  drop_ended(account, now_ms())
  for _, session in ipairs(account.sessions) do table.insert(packed, pack_session(session)) end
  return packed
end

-- KEYS accounts. Answers how many sessions they have and how many of them have any
local function sweep(keys)
  local now, sessions, accounts = now_ms(), 0, 0
  for _, account_key in ipairs(keys) do
    local account = read_account(account_key)
    if drop_ended(account, now) then write_account(account_key, account, now) end
    sessions = sessions + #account.sessions
    if #account.sessions > 0 then accounts = accounts + 1 end
  end
  return { sessions, accounts }
end
