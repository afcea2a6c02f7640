-- The question of a request: see redis-gate.ts. This is asked for every request, so it makes no table and no text that is not answered.

local ASKS_ADDRESS, ASKS_SESSION, ASKS_PROOF, ASKS_CLINIC = 1, 2, 4, 8
local ADDRESS, STANDING, SESSION, PROOF, ACCOUNT, CLINIC = 1, 2, 3, 4, 5, 6

local function use_proof(key, issued_at, lives_ms, now)
  current_run(now)
  if tonumber(issued_at) < proofs_since then return 'early' end
  if tonumber(lives_ms) <= 0 then return redis.call('EXISTS', key) == 1 and 'replayed' or 'fresh' end
  return redis.call('SET', key, '', 'NX', 'PX', lives_ms) and 'fresh' or 'replayed'
end

-- Counts a request as activity, written only when a sixteenth of the idle time has passed; an unlike client has to prove itself.
local function touch(key, account, session, fingerprint, now)
  local is_activity = (now - session.seen_at) * 16 > session.idle_ms
  local is_unlike = session.needs_proof == 0 and session.fingerprint ~= fingerprint
  if is_activity then session.seen_at = now end
  if is_unlike then session.needs_proof = 1 end
  if ask_about(session, now) or is_activity or is_unlike then write_account(key, account, now) end
end

local function with_session(answer, session)
  answer[SESSION] = pack_session(session)
  return answer
end

-- KEYS and ARGV as the mask says: 1 address (limit; interval us, burst), 2 session (account, account's limit; id, fingerprint,
-- interval us, burst), 4 proof (proof; issued at, lives ms), 8 clinic (limit; interval us, burst).
-- Answers address, standing, session, proof, account, clinic; false where nothing was asked or taken.
local function gate(keys, arguments)
  local started_us = now_us()
  local now, mask = math.floor(started_us / 1000), tonumber(arguments[1])
  local answer = { false, false, false, false, false, false }
  local next_key, next_argument, is_allowed = 1, 2, true

  if bit.band(mask, ASKS_ADDRESS) ~= 0 then
    local interval_us, burst = arguments[2], arguments[3]
    answer[ADDRESS], is_allowed = take_limit(keys[1], interval_us, burst, started_us)
    if not is_allowed then return answer end
    next_key, next_argument = 2, 4
  end

  if bit.band(mask, ASKS_SESSION) == 0 then return answer end
  local account_key, limit_key = keys[next_key], keys[next_key + 1]
  local id, fingerprint = arguments[next_argument], arguments[next_argument + 1]
  local interval_us, burst = arguments[next_argument + 2], arguments[next_argument + 3]
  next_key, next_argument = next_key + 2, next_argument + 4
  local account, session = find_session(account_key, id, now)
  answer[STANDING] = standing_of(account, session, now)
  if not session then return answer end

  if bit.band(mask, ASKS_PROOF) ~= 0 then
    local issued_at, lives_ms = arguments[next_argument], arguments[next_argument + 1]
    answer[PROOF] = use_proof(keys[next_key], issued_at, lives_ms, now)
    if answer[PROOF] ~= 'fresh' then return with_session(answer, session) end
    next_key, next_argument = next_key + 1, next_argument + 2
  end

  answer[ACCOUNT], is_allowed = take_limit(limit_key, interval_us, burst, started_us)
  if not is_allowed then return with_session(answer, session) end

  if bit.band(mask, ASKS_CLINIC) ~= 0 then
    local clinic_interval_us, clinic_burst = arguments[next_argument], arguments[next_argument + 1]
    answer[CLINIC], is_allowed = take_limit(keys[next_key], clinic_interval_us, clinic_burst, started_us)
    if not is_allowed then return with_session(answer, session) end
  end

  touch(account_key, account, session, fingerprint, now)
  return with_session(answer, session)
end
