import type { Clock } from '@careward/kernel';
import type { StoreConfiguration } from '../../config/index.ts';
import { EmbeddedLimitStore } from './embedded-limit-store.ts';
import { EmbeddedSessionStore } from './embedded-session-store.ts';
import { FallbackLimitStore } from './fallback-limit-store.ts';
import type { LimitStore } from './limit-store.ts';
import { RedisConnection } from './redis-connection.ts';
import { RedisLimitStore } from './redis-limit-store.ts';
import { RedisSessionStore } from './redis-session-store.ts';
import type { SessionStore } from './session-store.ts';

/** The two stores and the state of what is behind them. */
export interface Stores {
  readonly kind: 'embedded' | 'redis';
  readonly sessions: SessionStore;
  readonly limits: LimitStore;
  /** True while limits are kept in this process because the shared store is down; always false for `embedded`. */
  readonly limitsAreLocal: () => boolean;
  /** Throws when the store cannot be asked; holds for readiness checks. */
  readonly ping: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** What the stores tell their owner. */
export interface StoreEvents {
  readonly onLimitsChange?: (isLocal: boolean) => void;
  readonly onError?: (error: Error) => void;
}

/** Opens Redis when it is configured, else stores in this process. Refuses to start on a configured store that is not usable. */
export async function openStores(
  configuration: StoreConfiguration,
  clock: Clock,
  events: StoreEvents = {},
): Promise<Stores> {
  if (configuration.redisUrl === undefined) return embeddedStores(clock);
  const redis = await RedisConnection.open({
    url: configuration.redisUrl,
    commandTimeoutMs: configuration.commandTimeoutMs,
    clock,
    ...(events.onError && { onError: events.onError }),
  });
  return redisStores(redis, clock, events);
}

/** Stores over an open connection. */
export function redisStores(redis: RedisConnection, clock: Clock, events: StoreEvents = {}): Stores {
  const sessions = new RedisSessionStore(redis);
  const limits = new FallbackLimitStore({
    shared: new RedisLimitStore(redis),
    local: new EmbeddedLimitStore(clock),
    onChange: (isLocal) => events.onLimitsChange?.(isLocal),
  });
  return {
    kind: 'redis',
    sessions,
    limits,
    limitsAreLocal: () => limits.isLocal,
    ping: async () => void (await sessions.count()),
    close: () => limits.close(),
  };
}

function embeddedStores(clock: Clock): Stores {
  const sessions = new EmbeddedSessionStore(clock);
  const limits = new EmbeddedLimitStore(clock);
  return {
    kind: 'embedded',
    sessions,
    limits,
    limitsAreLocal: () => false,
    ping: async () => undefined,
    close: async () => {
      await Promise.all([sessions.close(), limits.close()]);
    },
  };
}
