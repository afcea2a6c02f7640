import { type AccountId, newId, type SessionId } from '@careward/kernel';
import { FakeClock } from '@careward/testing';
import { Keyring, MemoryRegionKeyStore } from '@careward/vault';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testIdentityContext } from '../../../test-harness/contexts.ts';
import { openTestDatabase, type TestDatabase } from '../../../test-harness/database.ts';
import { EncryptionService } from '../../encryption/index.ts';
import { type CarewardEvent, EventService } from '../../events/index.ts';
import { WrappedKeyRepository } from '../../persistence/index.ts';
import { JwtAuthService } from './jwt-auth.service.ts';
import { TokenKeyRepository } from './token-key.repository.ts';
import { TokenKeyring } from './token-keyring.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const plan = { keyMs: 30 * DAY, tokenMs: 10 * MINUTE };
const context = () => testIdentityContext({ actorRole: 'SYSTEM' });
const invalid = expect.objectContaining({ code: 'authentication-token-invalid' });
const subject = {
  accountId: newId<AccountId>(),
  sessionId: newId<SessionId>(),
  clinicId: null,
  keyThumbprint: null,
};

let db: TestDatabase;
let encryption: EncryptionService;
let clock: FakeClock;
let failures: unknown[];
let told: CarewardEvent[];

beforeAll(async () => {
  db = await openTestDatabase();
  const regionKeys = new MemoryRegionKeyStore();
  const keyring = new Keyring({ region: 'local', regionKeys, clock: new FakeClock() });
  const keys = new WrappedKeyRepository(db.database, context());
  await keys.ensurePlatformKey(() => keyring.createPlatformKey());
  encryption = new EncryptionService(keyring, keys, 'local');
});
afterAll(() => db.close());
beforeEach(() => {
  clock = new FakeClock(Date.parse('2026-03-01T10:00:00Z'));
  failures = [];
  told = [];
});
afterEach(async () => {
  await db.asOwner('delete from token_key');
  expect(failures).toEqual([]);
});

/** A process of the deployment. */
async function openProcess(ownClock = clock) {
  const events = new EventService(ownClock);
  events.onAny((event) => void told.push(event));
  const keyring = new TokenKeyring({
    repository: new TokenKeyRepository(db.database, encryption),
    clock: ownClock,
    plan,
    system: context,
    events,
    onFailure: (error) => failures.push(error),
  });
  await keyring.open();
  return { keyring, tokens: new JwtAuthService(keyring, ownClock, plan.tokenMs / 1_000) };
}

const rows = () =>
  db.asOwner<{ key_id: string; retired_at: Date | null }>('select * from token_key order by signs_from');
const actions = async () => {
  const sequencer = db.database.forSequencer();
  const entries = sequencer.build
    .selectFrom('audit_entry')
    .select('action')
    .where('resource_type', '=', 'token_key');
  return (await sequencer.run(entries.orderBy('id'))).map(({ action }) => action);
};

describe('the keys of access tokens', () => {
  it('begin with one, however many processes start at once', async () => {
    const processes = await Promise.all(Array.from({ length: 5 }, () => openProcess()));
    expect(await rows()).toHaveLength(1);
    const names = processes.map(({ keyring }) => keyring.signing().keyId);
    expect(new Set(names).size).toBe(1);
    const [first, second] = processes;
    expect(second?.tokens.verify(first?.tokens.issue(subject).token ?? '').sub).toBe(subject.accountId);
  });

  it('lie sealed in the database: no private half is in the row', async () => {
    const { keyring } = await openProcess();
    const { d } = keyring.signing().privateKey.export({ format: 'jwk' });
    const [row] = await db.asOwner<{ private_key: Buffer }>('select private_key from token_key');
    expect(row?.private_key.includes(Buffer.from(String(d), 'base64url'))).toBe(false);
    expect(row?.private_key.includes(String(d))).toBe(false);
  });

  it('follow each other: published first, then signing, then verifying, then gone', async () => {
    const [one, two] = [await openProcess(), await openProcess()];
    const old = one.keyring.signing().keyId;
    const answer = await one.keyring.rotate(context());
    expect(answer).toEqual({
      rotated: true,
      keyId: expect.any(String),
      signsFrom: clock.now() + 15 * MINUTE,
    });
    await two.keyring.round();
    expect(two.keyring.published().map(({ keyId }) => keyId)).toEqual([answer.keyId, old]);
    expect(two.keyring.signing().keyId).toBe(old);

    clock.advance(15 * MINUTE - 1);
    const last = two.tokens.issue(subject).token;
    clock.advance(1);
    for (const { keyring } of [one, two]) expect(keyring.signing().keyId).toBe(answer.keyId);
    expect(one.tokens.verify(two.tokens.issue(subject).token).sub).toBe(subject.accountId);
    clock.advance(9 * MINUTE);
    expect(one.tokens.verify(last).sub).toBe(subject.accountId);

    clock.advance(2 * MINUTE);
    expect(one.keyring.find(old)).toBeUndefined();
    expect(one.keyring.published().map(({ keyId }) => keyId)).toEqual([answer.keyId]);
    clock.advance(1);
    await one.keyring.round();
    expect(await rows()).toMatchObject([{ key_id: answer.keyId, retired_at: null }]);
  });

  it('rotate by themselves when it is time, once, whoever looks', async () => {
    const processes = [await openProcess(), await openProcess(), await openProcess()];
    clock.advance(plan.keyMs - 15 * MINUTE - 1);
    await Promise.all(processes.map(({ keyring }) => keyring.round()));
    expect(await rows()).toHaveLength(1);
    clock.advance(1);
    await Promise.all(processes.map(({ keyring }) => keyring.round()));
    expect(await rows()).toHaveLength(2);
    await Promise.all(processes.map(({ keyring }) => keyring.round()));
    expect(await rows()).toHaveLength(2);
    clock.advance(15 * MINUTE);
    const names = processes.map(({ keyring }) => keyring.signing().keyId);
    expect(new Set(names).size).toBe(1);
  });

  it('are not rotated again while one is on its way', async () => {
    const { keyring } = await openProcess();
    const first = await keyring.rotate(context());
    expect(await keyring.rotate(context())).toEqual({ ...first, rotated: false });
    expect(await rows()).toHaveLength(2);
  });

  it('are all withdrawn at once, also one that was on its way and tokens that were verified before', async () => {
    const { keyring, tokens } = await openProcess();
    const { token } = tokens.issue(subject);
    tokens.verify(token);
    await keyring.rotate(context());
    const { keyId, signsFrom } = await keyring.withdraw(context());
    expect(signsFrom).toBe(clock.now());
    expect(() => tokens.verify(token)).toThrow(invalid);
    expect(keyring.published().map((key) => key.keyId)).toEqual([keyId]);
    expect(tokens.verify(tokens.issue(subject).token).sub).toBe(subject.accountId);
  });

  it('withdrawn by another process count no longer after the next round', async () => {
    const [one, two] = [await openProcess(), await openProcess()];
    const { token } = two.tokens.issue(subject);
    await one.keyring.withdraw(context());
    await two.keyring.round();
    expect(() => two.tokens.verify(token)).toThrow(invalid);
  });

  it('withdrawn by another process are noticed by the first token of the new one, at most every five seconds', async () => {
    const [one, two] = [await openProcess(), await openProcess()];
    await one.keyring.withdraw(context());
    const { token } = one.tokens.issue(subject);
    clock.advance(4_999);
    const before = db.database.roundTrips;
    expect(() => two.tokens.verify(token)).toThrow(invalid);
    expect(db.database.roundTrips).toBe(before);
    clock.advance(1);
    expect(() => two.tokens.verify(token)).toThrow(invalid);
    await expect.poll(() => two.keyring.find(one.keyring.signing().keyId)).toBeDefined();
    expect(two.tokens.verify(token).sub).toBe(subject.accountId);
  });

  it('leave an audit entry each time, and are told of once', async () => {
    const before = (await actions()).length;
    const { keyring } = await openProcess();
    await keyring.rotate(context());
    await keyring.rotate(context());
    await keyring.withdraw(context());
    expect((await actions()).slice(before)).toEqual([
      'token-key.rotate',
      'token-key.rotate',
      'token-key.withdraw',
    ]);
    const [first, ...rotations] = told.map(({ details }) => details);
    expect(first).toMatchObject({ withdrawn: false });
    expect(rotations).toEqual([
      { keyId: expect.any(String), withdrawn: false },
      { keyId: keyring.signing().keyId, withdrawn: true },
    ]);
  });

  it('cannot be added by somebody who may only write to the table', async () => {
    const { keyring } = await openProcess();
    const { keyId } = await keyring.rotate(context());
    await db.asOwner("update token_key set public_key = decode(repeat('ab', 32), 'hex') where key_id = $1", [
      keyId,
    ]);
    await keyring.round();
    expect(failures.splice(0)).toMatchObject([{ code: 'token-key-unusable' }]);
    await db.asOwner(
      "insert into token_key (key_id, public_key, private_key, signs_from) select repeat('A', 43), public_key, private_key, now() from token_key where key_id = $1",
      [keyring.signing().keyId],
    );
    await db.asOwner('delete from token_key where key_id = $1', [keyId]);
    await keyring.round();
    expect(failures.splice(0)).toMatchObject([{ code: 'vault-cell-unopenable' }]);
    expect(keyring.find('A'.repeat(43))).toBeUndefined();
  });

  it('go on being used when the database cannot be asked', async () => {
    const { keyring, tokens } = await openProcess();
    const { token } = tokens.issue(subject);
    await db.asOwner('alter table token_key rename to token_key_away');
    await keyring.round();
    await db.asOwner('alter table token_key_away rename to token_key');
    expect(failures.splice(0)).toHaveLength(1);
    expect(tokens.verify(token).sub).toBe(subject.accountId);
    expect(tokens.issue(subject).expiresIn).toBe(600);
  });
});
