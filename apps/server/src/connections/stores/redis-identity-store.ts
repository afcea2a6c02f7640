// Sessions, limits, attempts, used proofs and kept values in Redis, shared by all processes.
//
// Fails closed: whatever goes wrong on the way to the store is `session-store-unavailable`, never "no session needed". Revocation is
// one step of the store, so once it has returned every process refuses. A store that was restarted, restored from an older copy or
// failed over calls every session stale, so a revocation it has forgotten is found in the database.
// In a cluster an account, an address and a clinic may lie on three nodes: they are asked at the same time. A refused address has
// then counted against the account as well; what was taken from a clinic for a refused session is given back.
import type { AccountId, SessionId } from '@careward/kernel';
import type { FallbackLimitStore } from './fallback-limit-store.ts';
import type {
  AccountNumbers,
  AttemptDecision,
  Creation,
  GateAnswer,
  GateQuestion,
  IdentityStore,
  NewSession,
  Rotation,
  SessionAnswer,
  SessionCap,
  SessionRecord,
  SessionStatistics,
} from './identity-store.ts';
import type { AttemptRule } from './lockout.ts';
import {
  accountOfKey,
  accountTag,
  fingerprintBytes,
  hashBytes,
  idBytes,
  idFromBytes,
  unpackSession,
} from './packed-session.ts';
import { clinicKey, decodeGate, gateCalls, standingOf } from './redis-gate.ts';
import { giveBackCall } from './redis-limit-store.ts';
import type { FunctionCall, RedisServers } from './redis-servers.ts';
import { storeErrors } from './store.errors.ts';

const RETRY_AFTER_SECONDS = 2;
const MOST_SCANS_A_SWEEP = 200;

const NOT_ASKED = { session: undefined, proof: undefined, account: undefined, clinic: undefined };

interface SessionName {
  readonly accountId: AccountId;
  readonly sessionId: SessionId;
}

/** An {@link IdentityStore} over the functions of redis-library.ts. */
export class RedisIdentityStore implements IdentityStore {
  readonly #servers: RedisServers;
  readonly #fallback: FallbackLimitStore | undefined;
  #sweptTo = '';

  /** With a `fallback`, anonymous questions are answered by the limits of this process while the store is down. */
  constructor(servers: RedisServers, fallback?: FallbackLimitStore) {
    this.#servers = servers;
    this.#fallback = fallback;
  }

  async gate(question: GateQuestion): Promise<GateAnswer> {
    const { address, session } = question;
    if (session || !address || !this.#fallback) return await this.#gate(question);
    return await this.#fallback.either(
      () => this.#gate(question),
      async (limits) => ({ ...NOT_ASKED, address: await limits.take(address.key, address.limit) }),
    );
  }

  async create(session: NewSession, { maximum, atCap }: SessionCap): Promise<Creation> {
    const answer = await this.#ask('create', `u:${accountTag(session.accountId)}`, [
      idBytes(session.sessionId),
      ...[session.idleMs, session.absoluteMs, session.epoch, session.rightsVersion].map(whole),
      fingerprintBytes(session.fingerprint),
      hashBytes(session.refreshHash),
      session.body,
      whole(maximum),
      atCap === 'refuse' ? '1' : '0',
    ]);
    if (isText(answer, 'exists')) throw storeErrors.error('session-already-exists');
    if (isText(answer, 'refused')) return { created: false };
    if (!isBufferList(answer)) throw outOfForm();
    return { created: true, ended: answer.map((id) => idFromBytes(id) as SessionId) };
  }

  async confirm(
    { accountId, sessionId, settles }: SessionName & { readonly settles: boolean },
    { epoch, rightsVersion }: AccountNumbers,
    body: string,
  ): Promise<SessionRecord | undefined> {
    const values = [idBytes(sessionId), settles ? '1' : '0', whole(epoch), whole(rightsVersion), body];
    const answer = await this.#ask('confirm', `u:${accountTag(accountId)}`, values);
    return answer === null ? undefined : recordFrom(accountId, answer);
  }

  async distrust(accountId: AccountId, sessionId: SessionId): Promise<void> {
    await this.#ask('distrust', `u:${accountTag(accountId)}`, [idBytes(sessionId)]);
  }

  async rotateRefresh(
    { accountId, sessionId }: SessionName,
    hashes: { readonly presented: string; readonly next: string },
    graceMs: number,
  ): Promise<{ readonly rotation: Rotation; readonly session: SessionAnswer }> {
    const values = [idBytes(sessionId), hashBytes(hashes.presented), hashBytes(hashes.next), whole(graceMs)];
    const answer = await this.#ask('rotate', `u:${accountTag(accountId)}`, values);
    if (!Array.isArray(answer)) throw outOfForm();
    const rotation = String(answer[0]);
    if (!isRotation(rotation)) throw outOfForm();
    return { rotation, session: standingOf(accountId, answer[1], answer[2]) };
  }

  async beginChange(accountId: AccountId, longestMs: number): Promise<void> {
    await this.#ask('begin_change', `u:${accountTag(accountId)}`, [whole(longestMs)]);
  }

  async settleChange(accountId: AccountId, { epoch, rightsVersion }: AccountNumbers): Promise<void> {
    await this.#ask('settle_change', `u:${accountTag(accountId)}`, [whole(epoch), whole(rightsVersion)]);
  }

  async revoke(accountId: AccountId, sessionId: SessionId): Promise<void> {
    await this.#ask('revoke', `u:${accountTag(accountId)}`, [idBytes(sessionId)]);
  }

  async list(accountId: AccountId): Promise<readonly SessionRecord[]> {
    const answer = await this.#ask('list', `u:${accountTag(accountId)}`, []);
    if (!isBufferList(answer)) throw outOfForm();
    return answer.map((packed) => recordFrom(accountId, packed));
  }

  async walk(cursor: string): Promise<{ readonly cursor: string; readonly accounts: readonly AccountId[] }> {
    const found = await this.#reach(() => this.#servers.scan(cursor, 'u:'));
    return { cursor: found.cursor, accounts: found.keys.map((key) => accountOfKey(key)) };
  }

  async sweep(): Promise<SessionStatistics> {
    const totals = { sessions: 0, accounts: 0 };
    for (let scans = 0; scans < MOST_SCANS_A_SWEEP; scans += 1) {
      const { cursor, accounts } = await this.walk(this.#sweptTo);
      const calls = [...new Set(accounts)].map((id) => call('sweep', `u:${accountTag(id)}`, []));
      for (const counted of await this.#reach(() => this.#servers.round(calls))) {
        if (!Array.isArray(counted)) throw outOfForm();
        totals.sessions += Number(counted[0]);
        totals.accounts += Number(counted[1]);
      }
      this.#sweptTo = cursor;
      if (cursor === '') break;
    }
    return totals;
  }

  async attempt(subject: string, rule: AttemptRule): Promise<AttemptDecision> {
    const answer = await this.#ask('attempt', `f:${subject}`, ruleValues(rule));
    if (!Array.isArray(answer)) throw outOfForm();
    const [allowed, retryAfterMs, failures, countedAt] = answer.map(Number);
    if (retryAfterMs === undefined || failures === undefined || countedAt === undefined) throw outOfForm();
    return { allowed: allowed === 1, retryAfterMs, failures, countedAt };
  }

  async forgive(subject: string, rule: AttemptRule, countedAt: number): Promise<void> {
    await this.#ask('forgive', `f:${subject}`, [whole(countedAt), ...ruleValues(rule)]);
  }

  async disregard(subject: string): Promise<void> {
    await this.#ask('disregard', `f:${subject}`, []);
  }

  async keep(name: string, value: string, livesMs: number): Promise<void> {
    await this.#ask('keep', `k:${name}`, [value, whole(livesMs)]);
  }

  async peek(name: string): Promise<string | undefined> {
    return textOf(await this.#ask('peek', `k:${name}`, []));
  }

  async take(name: string): Promise<string | undefined> {
    return textOf(await this.#ask('take_kept', `k:${name}`, []));
  }

  async lease(name: string, livesMs: number): Promise<boolean> {
    return (await this.#ask('lease', `j:${name}`, [whole(livesMs)])) === 1;
  }

  async once(name: string, livesMs: number): Promise<boolean> {
    return (await this.#ask('lease', `o:${name}`, [whole(livesMs)])) === 1;
  }

  async ping(): Promise<void> {
    await this.#ask('peek', 'k:ping', []);
  }

  async close(): Promise<void> {
    await this.#servers.close();
  }

  async #gate(question: GateQuestion): Promise<GateAnswer> {
    const calls = gateCalls(question, this.#servers.isCluster);
    const answer = await this.#decoded(calls, (answers) => decodeGate(question, answers));
    await this.#giveClinicBack(question, answer, calls.length);
    return answer;
  }

  async #giveClinicBack(question: GateQuestion, answer: GateAnswer, calls: number): Promise<void> {
    const clinic = question.session?.clinic;
    if (calls === 1 || !clinic || answer.clinic !== undefined) return;
    await this.#reach(() => this.#servers.round([giveBackCall(clinicKey(clinic.clinicId), clinic.limit)]));
  }

  async #ask(name: string, key: string, values: FunctionCall['values']): Promise<unknown> {
    return await this.#decoded([call(name, key, values)], ([answer]) => answer);
  }

  async #decoded<T>(calls: readonly FunctionCall[], decode: (answers: readonly unknown[]) => T): Promise<T> {
    return await this.#reach(async () => decode(await this.#servers.round(calls)));
  }

  async #reach<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw unavailable('the store could not be asked', error);
    }
  }
}

function call(name: string, key: string, values: FunctionCall['values']): FunctionCall {
  return { name: `careward_${name}_2`, keys: [key], values };
}

function recordFrom(accountId: AccountId, packed: unknown): SessionRecord {
  if (!Buffer.isBuffer(packed)) throw outOfForm();
  return unpackSession(accountId, packed);
}

function whole(value: number): string {
  return String(Math.trunc(value));
}

/** A rule as library-attempts.lua takes it. */
function ruleValues(rule: AttemptRule): string[] {
  if ('windowMs' in rule) return ['window', whole(rule.locksAt), whole(rule.windowMs)];
  return ['ladder', ...[rule.locksAt, rule.forgetMs, ...rule.lockMs].map(whole)];
}

function textOf(answer: unknown): string | undefined {
  if (answer === null) return undefined;
  if (!Buffer.isBuffer(answer)) throw outOfForm();
  return answer.toString('utf8');
}

function isText(answer: unknown, text: string): boolean {
  return Buffer.isBuffer(answer) && answer.toString('latin1') === text;
}

function isBufferList(answer: unknown): answer is Buffer[] {
  return Array.isArray(answer) && answer.every((entry) => Buffer.isBuffer(entry));
}

function isRotation(text: string): text is Rotation {
  return text === 'rotated' || text === 'retried' || text === 'reused' || text === 'absent';
}

function outOfForm() {
  return unavailable('the store answered out of form');
}

function unavailable(detail: string, cause?: unknown) {
  return storeErrors.error('session-store-unavailable', {
    detail,
    cause,
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
}
