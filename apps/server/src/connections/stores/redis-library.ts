import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** Beside the sources, wherever the compiled code is: they are shipped as they are. A file may use what those before it define. */
const FOLDER = new URL('../../../src/connections/stores/', import.meta.url);
const FILES = [
  'library-limits.lua',
  'library-accounts.lua',
  'library-gate.lua',
  'library-sessions.lua',
  'library-attempts.lua',
  'library-kept.lua',
];

/** What ends, refuses and counts has to work when the memory is full as well: the functions by name, and whether they do. */
const FUNCTIONS = {
  gate: true,
  create: false,
  confirm: true,
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
  disregard: true,
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
  ...FILES.map((name) => readFileSync(new URL(name, FOLDER), 'utf8')),
  VERSION_SOURCE,
  ...REGISTRATIONS,
].join('\n');

/** Changes with every change of the library. */
export const REDIS_LIBRARY_VERSION = createHash('sha256').update(SOURCE).digest('base64url');

/** The library as Redis loads it. */
export const REDIS_LIBRARY = `#!lua name=careward_2\nlocal VERSION = '${REDIS_LIBRARY_VERSION}'\n${SOURCE}\n`;
