import {
  appendFile,
  copyFile,
  mkdtemp,
  readFile,
  rename,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newSession, questionOf, WIDE_CAP } from '../../../test-harness/identity-stores.ts';
import { EmbeddedIdentityStore } from './embedded-identity-store.ts';
import type { NewSession } from './identity-store.ts';

const LADDER = { locksAt: 2, lockMs: [600_000], forgetMs: 600_000 };

let folder: string;
let path: string;
let now: number;
const clock = { now: () => now };
const opened: EmbeddedIdentityStore[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'careward-journal-'));
  path = join(folder, 'sessions', 'journal');
  now = 1_800_000_000_000;
});
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close().catch(() => undefined);
  await rm(folder, { recursive: true });
});

describe('the journal of the embedded store of identity', () => {
  it('brings sessions back as stale, and the database ends the doubt once', async () => {
    const before = await open();
    const session = await created(before);
    const after = await open();
    expect((await after.gate(questionOf(session))).session).toMatchObject({
      state: 'stale',
      settles: true,
      session: { body: session.body, needsProof: false },
    });
    await after.confirm({ ...session, settles: true }, session, 'read again');
    expect((await after.gate(questionOf(session))).session).toMatchObject({
      state: 'living',
      session: { body: 'read again' },
    });
  });

  it.each<[string, (store: EmbeddedIdentityStore, session: NewSession) => Promise<unknown>]>([
    ['a revocation', (store, session) => store.revoke(session.accountId, session.sessionId)],
    [
      'a raised epoch',
      (store, session) => store.settleChange(session.accountId, { epoch: 4, rightsVersion: 7 }),
    ],
    [
      'a refresh token used twice',
      (store, session) => store.rotateRefresh(session, { presented: 'x', next: 'y' }, 0),
    ],
    [
      'the end of the oldest at the cap',
      async (store, { accountId }) =>
        await store.create(newSession({ accountId }), { maximum: 1, atCap: 'end-oldest' }),
    ],
  ])('has %s on the disk when it is answered', async (_name, end) => {
    const before = await open();
    const session = await created(before);
    await end(before, session);
    const after = await open();
    expect((await after.gate(questionOf(session))).session).toEqual({ state: 'ended' });
  });

  it('has a rotation on the disk when it is answered: the old token ends the session', async () => {
    const before = await open();
    const session = await created(before);
    await before.rotateRefresh(session, { presented: 'first', next: 'second' }, 0);
    const after = await open();
    const { rotation } = await after.rotateRefresh(session, { presented: 'first', next: 'third' }, 0);
    expect(rotation).toBe('reused');
  });

  it('has a lock on the disk when it is answered', async () => {
    const before = await open();
    await before.attempt('subject', LADDER);
    await before.attempt('subject', LADDER);
    const after = await open();
    expect(await after.attempt('subject', LADDER)).toMatchObject({ allowed: false, failures: 2 });
    now += 600_001;
    expect(await after.attempt('subject', LADDER)).toMatchObject({ allowed: true, failures: 3 });
  });

  it('writes activity at most once a minute, and what is left when it closes', async () => {
    const store = await open();
    const session = await created(store, { idleMs: 600_000, absoluteMs: 6_000_000 });
    const size = (await stat(path)).size;
    now += 50_000;
    await store.gate(questionOf(session));
    expect((await stat(path)).size).toBe(size);
    now += 50_000;
    await store.gate(questionOf(session));
    await store.close();
    const [record] = await (await open()).list(session.accountId);
    expect(record?.lastSeenAt).toBe(now);
  });

  it('takes one write for many who wait at the same time', async () => {
    const store = await open();
    const sessions = Array.from({ length: 300 }, () => newSession());
    await Promise.all(sessions.map((session) => store.create(session, WIDE_CAP)));
    const after = await open();
    for (const session of sessions) expect(await after.list(session.accountId)).toHaveLength(1);
  });

  it('keeps neither proofs nor kept values, and calls proofs from before the start early', async () => {
    const before = await open();
    const session = await created(before);
    const proof = { id: 'proof', issuedAt: now, livesMs: 60_000 };
    expect((await before.gate(questionOf(session, { proof }))).proof).toBe('fresh');
    await before.keep('name', 'a value that nobody may find', 60_000);
    now += 1_000;
    const after = await open();
    expect((await after.gate(questionOf(session, { proof }))).proof).toBe('early');
    expect(await after.peek('name')).toBeUndefined();
    expect(await readFile(path, 'utf8')).not.toContain('a value that nobody may find');
  });

  it('leaves out a torn last line, and nothing else', async () => {
    const before = await open();
    const first = await created(before);
    const second = await created(before);
    await before.close();
    await truncate(path, (await stat(path)).size - 5);
    const after = await open();
    expect(await after.list(first.accountId)).toHaveLength(1);
    expect(await after.list(second.accountId)).toHaveLength(0);
  });

  it.each(['{"half a line', 'sixteen-letters! ["account","x",null]\n', '\0\0\0\0\0\0\0\n'])(
    'goes on after rubbish at the end: %j',
    async (rubbish) => {
      const before = await open();
      const session = await created(before);
      await before.close();
      await appendFile(path, rubbish);
      const after = await open();
      const later = await created(after);
      const again = await open();
      expect(await again.list(session.accountId)).toHaveLength(1);
      expect(await again.list(later.accountId)).toHaveLength(1);
    },
  );

  it('does not believe a copy that was put in its place', async () => {
    const before = await open();
    const session = await created(before);
    await before.attempt('subject', LADDER);
    await copyFile(path, `${path}.backup`);
    await before.revoke(session.accountId, session.sessionId);
    await before.close();
    await rename(`${path}.backup`, path);
    const after = await open();
    expect(await after.list(session.accountId)).toEqual([]);
    expect((await after.gate(questionOf(session))).session).toEqual({ state: 'ended' });
  });

  it('does not believe a copy of an earlier start, even written over the file itself', async () => {
    const first = await open();
    const session = await created(first);
    await first.close();
    const copy = await readFile(path);
    const second = await open();
    await second.revoke(session.accountId, session.sessionId);
    await second.close();
    await writeFile(path, copy);
    expect(await (await open()).list(session.accountId)).toEqual([]);
  });

  it('calls a session stale that a copy of the same file has brought back', async () => {
    const store = await open();
    const session = await created(store);
    const copy = await readFile(path);
    await store.revoke(session.accountId, session.sessionId);
    await store.close();
    await writeFile(path, copy);
    expect((await (await open()).gate(questionOf(session))).session?.state).toBe('stale');
  });

  it('is written anew when it has grown, and holds the same', async () => {
    const store = await open();
    const body = 'b'.repeat(100_000);
    const session = await created(store, { body });
    for (let i = 0; i < 60; i += 1) {
      await store.rotateRefresh(session, { presented: i === 0 ? 'first' : `n${i}`, next: `n${i + 1}` }, 0);
    }
    expect((await stat(path)).size).toBeLessThan(4_500_000);
    const after = await open();
    expect((await after.rotateRefresh(session, { presented: 'n60', next: 'z' }, 0)).rotation).toBe('rotated');
  });

  it('is for nobody else to read', async () => {
    await open();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, 'sessions'))).mode & 0o777).toBe(0o700);
  });

  it('lets only one process go on: the one that came last', async () => {
    const first = await open();
    const second = await open();
    await expect(first.create(newSession(), WIDE_CAP)).rejects.toMatchObject({
      code: 'session-store-unavailable',
    });
    await expect(first.create(newSession(), WIDE_CAP)).rejects.toMatchObject({
      code: 'session-store-unavailable',
    });
    await expect(second.create(newSession(), WIDE_CAP)).resolves.toMatchObject({ created: true });
  });
});

async function open(): Promise<EmbeddedIdentityStore> {
  const store = await EmbeddedIdentityStore.open({ path, clock });
  opened.push(store);
  return store;
}

async function created(store: EmbeddedIdentityStore, extra: Partial<NewSession> = {}): Promise<NewSession> {
  const session = newSession(extra);
  await store.create(session, WIDE_CAP);
  return session;
}
