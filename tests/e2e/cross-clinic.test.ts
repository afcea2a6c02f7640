// Nobody reaches another clinic, through any route, in any role, by naming it or its people in any way.
//
// The attacker is somebody with a real account, a real session and a real token in one clinic who knows every id of the other. The
// attacks are generated from the application's own table of endpoints: a new route is attacked without being added here.
// A leak is any of: success where only the other clinic was asked for; one byte of what the other clinic holds in any answer or
// header; any difference between the answers to ids of the other clinic and to ids of nothing; any row of the other clinic changed.
import { setTimeout as delay } from 'node:timers/promises';
import { CLINIC_ROLES, type ClinicRole } from '@careward/access-policy';
import { type AccountId, asAccountId, asClinicId } from '@careward/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfiguration } from '../../apps/server/src/config/index.ts';
import type { Endpoint } from '../../apps/server/src/describe-endpoints.ts';
import { type RunningServer, startServer } from '../../apps/server/src/server.ts';
import {
  type Answer,
  plantSession,
  startTwoClinics,
  type TestServer,
} from '../../apps/server/test-harness/index.ts';
import { type Attack, attacksOn, endsTheCaller, type Forged } from './world/cross-clinic-attacks.ts';
import { endpointsOf } from './world/endpoint-table.ts';
import { asOwnerOf, digestOfAccounts, digestOfClinic } from './world/owner.ts';
import { emailOf, signIn } from './world/people.ts';
import { type Planted, plant } from './world/planted.ts';
import { absentTarget } from './world/requests.ts';
import { Wire, type WireRequest } from './world/wire.ts';

type Attacker = ClinicRole | 'nobody';

const AT_ONCE = 8;

let setUp: TestServer;
let running: RunningServer;
let wire: Wire;
let planted: Planted;
let endpoints: Endpoint[];
let before: Awaited<ReturnType<typeof stateOfSouth>>;
const accounts = new Map<ClinicRole, AccountId>();
const absent = absentTarget();
let requests = 0;
const signedOut: string[] = [];

beforeAll(async () => {
  const server = await startTwoClinics();
  setUp = server;
  planted = await plant(server);
  server.nobody.close();
  await server.running.stop();
  before = await stateOfSouth();
  running = await startServer(loadConfiguration(server.environment.variables));
  wire = new Wire(running);
  endpoints = await endpointsOf(running.platform);
  for (const role of CLINIC_ROLES) {
    accounts.set(role, asAccountId((await signIn(wire, emailOf(role, 'north'))).accountId));
  }
}, 120_000);

afterAll(async () => {
  await setUp.environment.remove();
});

describe('no request reaches another clinic', () => {
  it('when anybody asks who is not signed in', async () => {
    expect(await leaksOf('nobody')).toEqual([]);
  }, 300_000);

  it.each(CLINIC_ROLES)(
    'when %s asks',
    async (role) => {
      expect(await leaksOf(role)).toEqual([]);
      // Who is signed out is told no difference by any route, and would prove nothing.
      expect(signedOut).toEqual([]);
    },
    300_000,
  );

  it('and no row of it has changed', async () => {
    wire.close();
    await running.stop();
    expect(await stateOfSouth()).toEqual(before);
    expect(Object.keys(before.rows)).toEqual(
      expect.arrayContaining(['patient', 'medical_record_version', 'audit_entry']),
    );
    expect(requests).toBeGreaterThan(5_000);
    console.info(
      `${requests} requests by ${CLINIC_ROLES.length} roles and nobody through ${endpoints.length} endpoints: 0 leaks`,
    );
  }, 120_000);
});

/** Every attack that one attacker has, made on the other clinic and on nothing; the leaks. */
async function leaksOf(attacker: Attacker): Promise<string[]> {
  const attacks = endpoints
    .filter((endpoint) => concerns(endpoint, attacker))
    .flatMap((each) => attacksOn(each, planted.own));
  const leaks: string[] = [];
  const queue = attacks.values();
  const work = async () => {
    for (const attack of queue) leaks.push(...(await leaksOfAttack(attacker, attack)));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return leaks;
}

/** Those who try the routes that are open to whoever is signed in: who rules, who treats, who is treated. Such a route asks for no role. */
const SIGNED_IN: ReadonlySet<Attacker> = new Set(['CLINIC_ADMIN', 'DOCTOR', 'PATIENT']);

/** A public route does not ask who calls, so it is enough to call it as nobody. */
function concerns(endpoint: Endpoint, attacker: Attacker): boolean {
  if (attacker === 'nobody') return true;
  if (endpoint.method === 'DELETE' && endsTheCaller(endpoint)) return false;
  if (endpoint.entry === 'signed-in' && !endpoint.clinicScoped) return SIGNED_IN.has(attacker);
  return endpoint.entry !== 'public';
}

async function leaksOfAttack(attacker: Attacker, attack: Attack): Promise<string[]> {
  const onForeign = await perform(attacker, attack.forge(planted.foreign));
  const onNothing = await perform(attacker, attack.forge(absent));
  if (onForeign.body.code === 'authentication-session-ended') signedOut.push(attack.name);
  const name = `${attacker} ${attack.endpoint.method} ${attack.endpoint.path} by ${attack.name}`;
  const found: string[] = [];
  if (attack.mustFail && succeeded(onForeign)) found.push(`${name}: answered ${onForeign.status}`);
  const seen = contentOf(onForeign).toLowerCase();
  for (const marker of planted.markers) if (seen.includes(marker)) found.push(`${name}: shows ${marker}`);
  const [told, toldOfNothing] = [comparable(onForeign), comparable(onNothing)];
  if (told !== toldOfNothing) found.push(`${name}: ${told} instead of ${toldOfNothing}`);
  return found;
}

async function perform(
  attacker: Attacker,
  { request, tokenClinicId }: Forged,
): Promise<Answer<Record<string, unknown>>> {
  requests += 1;
  if (attacker === 'nobody') return patiently(request);
  const token = mayChangeSession(request) ? tokenOf : sharedToken;
  return inSession(await token(attacker, tokenClinicId), request);
}

function inSession(token: string, request: WireRequest): Promise<Answer<Record<string, unknown>>> {
  const authorization = ['authorization', `Bearer ${token}`] as const;
  return patiently({ ...request, headers: [authorization, ...request.headers] });
}

/** Few large bodies are read at once: a server with its hands full is asked again. */
async function patiently(request: WireRequest): Promise<Answer<Record<string, unknown>>> {
  for (let attempt = 0; ; attempt += 1) {
    const answer = await wire.send(request);
    if (answer.body.code !== 'edge-overloaded' || attempt > 200) return answer;
    await delay(10);
  }
}

/** Where a request may end or change the session that it comes from, each gets a session of its own; one that reads changes nothing. */
function mayChangeSession({ method, path }: WireRequest): boolean {
  return method !== 'GET' && /^\/api\/v1\/(?:auth|users\/me|invitations)\b/.test(path);
}

/** A planted session ends the hundredth before it: those that are shared are planted anew long before that. */
const SHARED_FOR_SESSIONS = 40;
const sharedTokens = new Map<string, Promise<string>>();
let plantedSessions = 0;

function sharedToken(role: ClinicRole, tokenClinicId: string): Promise<string> {
  const name = `${role} ${tokenClinicId}`;
  const token = sharedTokens.get(name) ?? tokenOf(role, tokenClinicId);
  sharedTokens.set(name, token);
  return token;
}

/** A genuine token of a session of its own, naming whatever clinic the attacker likes. */
async function tokenOf(role: ClinicRole, tokenClinicId: string): Promise<string> {
  plantedSessions += 1;
  if (plantedSessions % SHARED_FOR_SESSIONS === 0) sharedTokens.clear();
  const accountId = accountOf(role);
  const memberships = [{ clinicId: asClinicId(planted.own.clinicId), roles: [role] }];
  const rights = { platformRole: null, memberships };
  return plantSession(running.platform, { accountId, rights, clinicId: asClinicId(tokenClinicId) });
}

function accountOf(role: ClinicRole): AccountId {
  const accountId = accounts.get(role);
  if (accountId === undefined) throw new Error(`nobody is ${role}`);
  return accountId;
}

function succeeded({ status }: Answer): boolean {
  return status >= 200 && status < 400;
}

function contentOf({ text, headers }: Answer): string {
  return `${text} ${JSON.stringify(headers)}`;
}

/** Everything an attacker could tell two answers apart by, without what differs between any two requests. */
function comparable(answer: Answer): string {
  const { date: _date, 'x-request-id': id = '', ratelimit: _left, ...headers } = answer.headers;
  // A success in the own clinic carries the ids and times of what it made; only its kind can be compared.
  if (succeeded(answer)) return `${answer.status} ${answer.headers['content-type'] ?? ''}`;
  return `${answer.status} ${JSON.stringify(headers)} ${answer.text.replaceAll(String(id), '')}`;
}

async function stateOfSouth() {
  return asOwnerOf(setUp.environment, async (query) => ({
    rows: await digestOfClinic(query, planted.foreign.clinicId),
    accounts: await digestOfAccounts(query, planted.foreignAccountIds),
  }));
}
