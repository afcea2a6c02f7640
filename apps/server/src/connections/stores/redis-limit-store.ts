import type { Limit, LimitDecision, LimitStore } from './limit-store.ts';
import type { FunctionCall, RedisServers } from './redis-servers.ts';

/** A {@link LimitStore} over the functions of redis-library.ts. Throws when the store cannot be asked: see FallbackLimitStore. */
export class RedisLimitStore implements LimitStore {
  readonly #servers: RedisServers;

  constructor(servers: RedisServers) {
    this.#servers = servers;
  }

  async take(key: string, limit: Limit): Promise<LimitDecision> {
    const [answer] = await this.#servers.round([takeCall(key, limit)]);
    return decisionOf(answer);
  }

  async giveBack(key: string, limit: Limit): Promise<void> {
    await this.#servers.round([giveBackCall(key, limit)]);
  }

  async close(): Promise<void> {
    await this.#servers.close();
  }
}

/** Takes one request from a limit. */
export function takeCall(key: string, limit: Limit): FunctionCall {
  return { name: 'careward_take_2', keys: [`l:${key}`], values: [microseconds(limit), String(limit.burst)] };
}

/** Returns one request to a limit. */
export function giveBackCall(key: string, limit: Limit): FunctionCall {
  return { name: 'careward_give_back_2', keys: [`l:${key}`], values: [microseconds(limit)] };
}

/** The library's answer as a decision. Throws RangeError when it has another form. */
export function decisionOf(answer: unknown): LimitDecision {
  if (!Array.isArray(answer) || answer.length !== 3) throw new RangeError('no decision of a limit');
  const [allowed, remaining, waitUs] = answer.map(Number);
  return {
    allowed: allowed === 1,
    remaining: remaining ?? 0,
    retryAfterMs: Math.ceil((waitUs ?? 0) / 1_000),
  };
}

/** A limit's interval as the library takes it. */
export function microseconds({ intervalMs }: Limit): string {
  return String(Math.max(1, Math.round(intervalMs * 1_000)));
}
