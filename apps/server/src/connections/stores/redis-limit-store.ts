import type { Limit, LimitDecision, LimitStore } from './limit-store.ts';
import type { RedisConnection } from './redis-connection.ts';

/** A {@link LimitStore} over the functions of redis-library.ts. Throws when the store cannot be asked: see FallbackLimitStore. */
export class RedisLimitStore implements LimitStore {
  readonly #redis: RedisConnection;

  constructor(redis: RedisConnection) {
    this.#redis = redis;
  }

  async take(key: string, limit: Limit): Promise<LimitDecision> {
    const answer = await this.#redis.call(
      'careward_take_1',
      [`l:${key}`],
      [micros(limit), String(limit.burst)],
    );
    if (!Array.isArray(answer)) throw new Error('the store answered out of form');
    const [allowed, remaining, waitUs] = answer.map(Number);
    return {
      allowed: allowed === 1,
      remaining: remaining ?? 0,
      retryAfterMs: Math.ceil((waitUs ?? 0) / 1_000),
    };
  }

  async giveBack(key: string, limit: Limit): Promise<void> {
    await this.#redis.call('careward_give_back_1', [`l:${key}`], [micros(limit)]);
  }

  async close(): Promise<void> {
    await this.#redis.close();
  }
}

function micros({ intervalMs }: Limit): string {
  return String(Math.max(1, Math.round(intervalMs * 1_000)));
}
