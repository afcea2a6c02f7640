import { createHash } from 'node:crypto';

import { ACCOUNTS_SOURCE, SESSIONS_SOURCE } from './library-accounts.ts';
import { COUNTERS_SOURCE, LIMITS_SOURCE } from './library-counters.ts';

/** The question of a request: see redis-gate.ts. Lua. */
const GATE_SOURCE = `
local function use_proof(key, issued_at, lives_ms, now)
  current_run(now)
  if tonumber(issued_at) < proofs_since then return 'early' end
  if tonumber(lives_ms) <= 0 then return redis.call('EXISTS', key) == 1 and 'replayed' or 'fresh' end
  return redis.call('SET', key, '', 'NX', 'PX', lives_ms) and 'fresh' or 'replayed'
end

local function touch(key, account, s, fingerprint, now)
  local active, unlike = (now - s.seen) * 16 > s.idle, s.needs_proof == 0 and s.fingerprint ~= fingerprint
  if active then s.seen = now end
  if unlike then s.needs_proof = 1 end
  if ask_about(s, now) or active or unlike then write_account(key, account, now) end
end

-- KEYS and ARGV as the mask says: 1 address (limit; interval in us, burst), 2 session (account, account's limit; id, fingerprint,
-- interval, burst), 4 proof (proof; issued at, lives ms), 8 clinic (limit; interval, burst).
-- Answers address, standing, session, proof, account, clinic; false where nothing was asked or taken.
local function gate(keys, a)
  local us = now_us()
  local now, mask, k, i = math.floor(us / 1000), tonumber(a[1]), 0, 1
  local answer = { false, false, false, false, false, false }
  if bit.band(mask, 1) ~= 0 then
    answer[1] = take_limit(keys[1], a[2], a[3], us)
    if answer[1][1] == 0 then return answer end
    k, i = 1, 3
  end
  if bit.band(mask, 2) == 0 then return answer end
  local key, quota, id, fingerprint, interval, burst = keys[k + 1], keys[k + 2], a[i + 1], a[i + 2], a[i + 3], a[i + 4]
  k, i = k + 2, i + 4
  local account, s = find(key, id, now)
  answer[2] = standing(account, s, now)
  if not s then return answer end
  answer[3] = pack(s)
  if bit.band(mask, 4) ~= 0 then
    answer[4] = use_proof(keys[k + 1], a[i + 1], a[i + 2], now)
    if answer[4] ~= 'fresh' then return answer end
    k, i = k + 1, i + 2
  end
  answer[5] = take_limit(quota, interval, burst, us)
  if answer[5][1] == 0 then return answer end
  if bit.band(mask, 8) ~= 0 then
    answer[6] = take_limit(keys[k + 1], a[i + 1], a[i + 2], us)
    if answer[6][1] == 0 then return answer end
  end
  touch(key, account, s, fingerprint, now)
  answer[3] = pack(s)
  return answer
end
`;

/** What ends, refuses and counts has to work when the memory is full as well: the functions by name, and whether they do. */
const FUNCTIONS = {
  gate: true,
  create: false,
  confirm: true,
  prove: true,
  distrust: true,
  rotate: true,
  begin_change: true,
  settle_change: true,
  revoke: true,
  list: true,
  sweep: true,
  take: true,
  give_back: true,
  attempt: true,
  forgive: true,
  keep: false,
  peek: true,
  take_kept: true,
  lease: true,
  version: true,
} as const;

const REGISTRATIONS = Object.entries(FUNCTIONS).map(
  ([name, always]) =>
    `redis.register_function{ function_name = 'careward_${name}_2', callback = ${name}, flags = { ${always ? "'allow-oom'" : ''} } }`,
);

const VERSION_SOURCE = `
local function version()
  return VERSION
end
`;

/**
 * The Redis Function library of the store of identity. Functions run whole or not at all, by the server's own clock, so no process
 * can see or act on half a step. What they decide is session-machine.ts, gcra.ts and lockout.ts again, held together by one
 * conformance suite. Library and functions end in a version: servers of two releases can share one store while they are exchanged.
 *
 * Keys, all under one prefix, `A` an account id in base64url: `u:{A}` the account's numbers and all its sessions, packed;
 * `p:{A}:<id>` a used proof; `q:{A}` the account's limit; `l:<key>` any other limit; `f:<subject>` failed attempts; `k:<name>` a
 * kept value; `j:<name>` a lease, `o:<name>` a name that was used. What belongs to one account has one hash tag, so one node of a cluster holds it. An account is
 * one value: numbers and sessions are written, lost, evicted and restored together.
 *
 * The run names this process of the server and its term as master. It is read from the server, not kept in it, so a copy of the
 * data never carries it. It is read again once a second, because a server can lose its place as master and win it back.
 */
const SOURCE = [
  LIMITS_SOURCE,
  ACCOUNTS_SOURCE,
  GATE_SOURCE,
  SESSIONS_SOURCE,
  COUNTERS_SOURCE,
  VERSION_SOURCE,
  ...REGISTRATIONS,
].join('\n');

/** Changes with every change of the library. */
export const REDIS_LIBRARY_VERSION = createHash('sha256').update(SOURCE).digest('base64url');

/** The library as Redis loads it. */
export const REDIS_LIBRARY = `#!lua name=careward_2\nlocal VERSION = '${REDIS_LIBRARY_VERSION}'\n${SOURCE}\n`;
