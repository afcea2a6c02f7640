/**
 * The attacker holds a stolen token and sends requests as fast as the server takes them, hoping that one slips through while the
 * session is being ended: between two processes' caches, between the database and the store, or because a check was made a moment too
 * early. Whatever way a session ends, no request that begins after the end has returned may be accepted.
 */
import { type AccountId, asAccountId, type SessionId } from '@careward/kernel';
import type { FastifyReply } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CarewardRequest } from '../../apps/server/src/request-context/index.ts';
import { startTwoClinics, testIdentityContext } from '../../apps/server/test-harness/index.ts';

const REQUESTS = 100_000;
/** As often at least a session has to end meanwhile, however slow the machine is. */
const LEAST_ENDS = 60;
const WORKERS = 16;

type Server = Awaited<ReturnType<typeof startTwoClinics>>;
let server: Server;

beforeAll(async () => {
  server = await startTwoClinics();
});
afterAll(() => server.stop());

/** One session that is used all the time, and whether its end has returned. */
interface Slot {
  readonly accountId: AccountId;
  accessToken: string;
  sessionId: SessionId;
  hasEnded: boolean;
}

test(`of ${REQUESTS} requests none is accepted after the end of its session has returned`, async () => {
  const slots = await Promise.all((await accountIds()).map(openSlot));
  const tally = { accepted: 0, refused: 0, late: 0 };
  const dead: string[] = [];
  let sent = 0;
  let ends = 0;
  const goesOn = () => sent < REQUESTS || ends < LEAST_ENDS;
  const work = async () => {
    while (goesOn()) {
      sent += 1;
      const old = sent % 4 === 0 ? dead[sent % dead.length] : undefined;
      const slot = slots[sent % slots.length] as Slot;
      const { hasEnded, accessToken } = old === undefined ? slot : { hasEnded: true, accessToken: old };
      const accepted = await isAccepted(accessToken);
      tally[accepted ? 'accepted' : 'refused'] += 1;
      if (accepted && hasEnded) tally.late += 1;
      // Requests come from a network: between two of them the server does other work.
      if (sent % 32 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const workers = Promise.all(Array.from({ length: WORKERS }, work));
  while (goesOn()) {
    const slot = slots[ends % slots.length] as Slot;
    await ENDINGS[ends % ENDINGS.length]?.(slot);
    slot.hasEnded = true;
    dead.push(slot.accessToken);
    ends += 1;
    await new Promise((resolve) => setImmediate(resolve));
    // The session after the end is another one: a request that was sent with the old token keeps it.
    Object.assign(slot, await openSlot(slot.accountId));
  }
  await workers;
  expect(tally.late).toBe(0);
  expect(sent).toBeGreaterThanOrEqual(REQUESTS);
  expect(tally.accepted).toBeGreaterThan(REQUESTS / 10);
  expect(tally.refused).toBeGreaterThan(100);
});

/** Every way in which a session ends. */
const ENDINGS: readonly ((slot: Slot) => Promise<unknown>)[] = [
  ({ accountId, sessionId }) => sessions().end(acting(accountId), sessionId),
  ({ accountId }) => sessions().endAll(acting(accountId), accountId),
  async ({ accountId }) => sessions().endOthers(acting(accountId), (await openSlot(accountId)).sessionId),
];

async function accountIds(): Promise<AccountId[]> {
  const { world } = server;
  const people = [...Object.values(world.north.staff), ...Object.values(world.south.staff)];
  const answers = await Promise.all(
    people.map((person) => person.get<{ account: { id: string } }>('/api/v1/users/me')),
  );
  return answers.map(({ body }) => asAccountId(body.account.id));
}

async function openSlot(accountId: AccountId): Promise<Slot> {
  const { origin } = testIdentityContext();
  const client = { origin, keyThumbprint: null, kind: 'api', clinicId: undefined, device: null } as const;
  const { accessToken, sessionId } = await sessions().start({ accountId, methods: ['pwd'] }, client);
  return { accountId, accessToken, sessionId, hasEnded: false };
}

/** Whether the gate and what asks it let a request with this token through, as the pipeline would. */
async function isAccepted(accessToken: string): Promise<boolean> {
  const { gate } = server.running.platform;
  const request = {
    headers: { authorization: `Bearer ${accessToken}` },
    method: 'GET',
    url: '/api/v1/users/me',
    is404: false,
    routeOptions: { url: '/api/v1/users/me' },
    careward: { origin: testIdentityContext().origin },
  } as unknown as CarewardRequest;
  const reply = { header: () => reply } as unknown as FastifyReply;
  await gate.stage().call(undefined as never, request, reply);
  return gate.identify(request).then(
    () => true,
    () => false,
  );
}

function sessions() {
  return server.running.platform.sessions;
}

function acting(actorId: AccountId) {
  return testIdentityContext({ actorId, actorRole: 'ACCOUNT' }) as ReturnType<typeof testIdentityContext> & {
    readonly actorId: AccountId;
  };
}
