// Sessions in Redis, shared by all processes.
//
// Fails closed: whatever goes wrong on the way to the store is `session-store-unavailable`, never "no session needed".
// Revocation is one step of the store, so once it has returned every process refuses. A store that is restored from an older
// snapshot forgets later revocations: run it with its append-only file on.
import type { AccountId, SessionId } from '@careward/kernel';
import type { RedisConnection } from './redis-connection.ts';
import type { Rotation, SessionRecord, SessionStore } from './session-store.ts';
import { storeErrors } from './store.errors.ts';

const RETRY_AFTER_SECONDS = 2;

/** A {@link SessionStore} over the functions of redis-library.ts. */
export class RedisSessionStore implements SessionStore {
  readonly #redis: RedisConnection;

  constructor(redis: RedisConnection) {
    this.#redis = redis;
  }

  async create(session: SessionRecord): Promise<void> {
    const created = await this.#call('careward_create_1', session.sessionId, [
      session.accountId,
      ...[session.createdAt, session.absoluteExpiresAt, session.idleMs].map((time) =>
        String(Math.trunc(time)),
      ),
      session.refreshHash,
      session.principal,
    ]);
    if (created !== 1) throw storeErrors.error('session-already-exists');
  }

  async check(sessionId: SessionId): Promise<SessionRecord | undefined> {
    const fields = await this.#call('careward_check_1', sessionId, []);
    return fields === null ? undefined : recordOf(sessionId, fields);
  }

  async rotateRefresh(sessionId: SessionId, presentedHash: string, nextHash: string): Promise<Rotation> {
    const outcome = await this.#call('careward_rotate_1', sessionId, [presentedHash, nextHash]);
    if (outcome === 'rotated' || outcome === 'reused' || outcome === 'absent') return outcome;
    throw unavailable('the store answered out of form');
  }

  async revoke(sessionId: SessionId): Promise<void> {
    await this.#call('careward_revoke_1', sessionId, []);
  }

  async revokeAccount(accountId: AccountId): Promise<void> {
    await this.#ask('careward_revoke_account_1', [`e:${accountId}`], []);
  }

  async count(): Promise<number> {
    return Number(await this.#ask('careward_count_1', ['live'], []));
  }

  async close(): Promise<void> {
    await this.#redis.close();
  }

  async #call(name: string, sessionId: SessionId, values: readonly string[]): Promise<unknown> {
    return await this.#ask(
      name,
      [`s:${sessionId}`, 'live'],
      [sessionId, `${this.#redis.keyPrefix}e:`, ...values],
    );
  }

  async #ask(name: string, keys: readonly string[], values: readonly string[]): Promise<unknown> {
    try {
      return await this.#redis.call(name, keys, values);
    } catch (error) {
      throw unavailable('the store could not be asked', error);
    }
  }
}

function recordOf(sessionId: SessionId, fields: unknown): SessionRecord {
  if (!isTextList(fields)) throw unavailable('the store answered out of form');
  const [accountId, createdAt, absoluteExpiresAt, idleMs, refreshHash, principal] = fields;
  if (principal === undefined || refreshHash === undefined)
    throw unavailable('the store answered out of form');
  return {
    sessionId,
    accountId: accountId as AccountId,
    createdAt: Number(createdAt),
    absoluteExpiresAt: Number(absoluteExpiresAt),
    idleMs: Number(idleMs),
    refreshHash,
    principal,
  };
}

function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}

function unavailable(detail: string, cause?: unknown) {
  return storeErrors.error('session-store-unavailable', {
    detail,
    cause,
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
}
