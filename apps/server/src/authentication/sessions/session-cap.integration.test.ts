// More sign-ins of one account at once than it may have sessions, on database and store together.
import type { SessionId } from '@careward/kernel';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { clientFrom, openSignInWorld, type SignInWorld } from '../../../test-harness/sign-in-world.ts';
import { systemContext } from '../../platform/index.ts';

const SIGN_INS = 200;
const CAP = 5;
let world: SignInWorld;
beforeAll(async () => {
  world = await openSignInWorld({ CAREWARD_SESSIONS_PER_ACCOUNT: `${CAP}` });
});
afterAll(() => world.close());

it('never leaves more alive than the account may have, and every beginning and every end is recorded', async () => {
  const { sessions, events } = world.platform;
  const { id: accountId } = await world.person();
  const told: SessionId[] = [];
  events.on('session.ended', ({ details }) => void told.push(details.sessionId));
  let isDone = false;
  const mostSeen = watchMost(accountId, () => isDone);
  const started = await Promise.all(
    Array.from({ length: SIGN_INS }, () =>
      sessions.start({ accountId, methods: ['pwd'] }, clientFrom()).then(({ sessionId }) => sessionId),
    ),
  );
  isDone = true;
  expect(await mostSeen).toBeLessThanOrEqual(CAP);

  const living = new Set((await sessions.list(accountId)).map(({ record }) => record.sessionId));
  expect(living.size).toBe(CAP);
  const ended = new Set(started).difference(living);
  expect(ended.size).toBe(SIGN_INS - CAP);
  expect(await revoked(accountId)).toEqual(ended);
  expect(new Set(told)).toEqual(ended);
  expect(told).toHaveLength(SIGN_INS - CAP);
  expect(await recorded('session.create', started)).toEqual(new Set(started));
  expect(await recorded('session.end-by-cap', started)).toEqual(ended);
});

async function watchMost(
  accountId: Parameters<typeof world.platform.sessions.list>[0],
  isDone: () => boolean,
) {
  let most = 0;
  while (!isDone()) {
    most = Math.max(most, (await world.platform.sessions.list(accountId)).length);
    await new Promise((passed) => setImmediate(passed));
  }
  return most;
}

async function revoked(accountId: string): Promise<Set<string>> {
  const identity = world.platform.database.forIdentity(systemContext());
  const rows = await identity.run(
    identity.build.selectFrom('session_revocation').select('session_id').where('account_id', '=', accountId),
  );
  return new Set(rows.map((row) => row.session_id));
}

async function recorded(action: string, sessionIds: readonly SessionId[]): Promise<Set<string | null>> {
  const sequencer = world.platform.database.forSequencer();
  const rows = await sequencer.run(
    sequencer.build
      .selectFrom('audit_entry')
      .select('resource_id')
      .where('action', '=', action)
      .where('resource_id', 'in', [...sessionIds]),
  );
  expect(rows.length).toBe(new Set(rows.map((row) => row.resource_id)).size);
  return new Set(rows.map((row) => row.resource_id));
}
