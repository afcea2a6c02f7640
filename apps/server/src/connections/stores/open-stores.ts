import { join } from 'node:path';
import type { Clock } from '@careward/kernel';
import type { StoreConfiguration } from '../../config/index.ts';
import { type DirectoryLock, lockDirectory } from '../database/directory-lock.ts';
import { EmbeddedIdentityStore } from './embedded-identity-store.ts';
import { EmbeddedLimitStore } from './embedded-limit-store.ts';
import { FallbackLimitStore } from './fallback-limit-store.ts';
import type { IdentityStore } from './identity-store.ts';
import type { LimitStore } from './limit-store.ts';
import { RedisCluster } from './redis-cluster.ts';
import { RedisConnection } from './redis-connection.ts';
import { RedisIdentityStore } from './redis-identity-store.ts';
import { RedisLimitStore } from './redis-limit-store.ts';
import type { RedisServers } from './redis-servers.ts';

/** The stores and the state of what is behind them. */
export interface Stores {
  readonly kind: 'embedded' | 'redis';
  readonly identity: IdentityStore;
  readonly limits: LimitStore;
  /** How often an answer of the stores was waited for. */
  readonly roundTrips: () => number;
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

/**
 * Opens Redis when it is configured, else stores in this process, whose sessions are kept in the `home` folder when there is one.
 * Refuses to start on a configured store that is not usable.
 */
export async function openStores(
  configuration: StoreConfiguration,
  clock: Clock,
  events: StoreEvents = {},
  home?: string,
): Promise<Stores> {
  const { redisUrl, isCluster, commandTimeoutMs } = configuration;
  if (redisUrl === undefined) return await embeddedStores(clock, events, home);
  const { onError } = events;
  const options = { url: redisUrl, commandTimeoutMs, clock, ...(onError && { onError }) };
  const servers = isCluster ? await RedisCluster.open(options) : await RedisConnection.open(options);
  return redisStores(servers, clock, events);
}

/** Stores over open connections. */
export function redisStores(servers: RedisServers, clock: Clock, events: StoreEvents = {}): Stores {
  const limits = new FallbackLimitStore({
    shared: new RedisLimitStore(servers),
    local: new EmbeddedLimitStore(clock),
    clock,
    onChange: (isLocal) => events.onLimitsChange?.(isLocal),
  });
  const identity = new RedisIdentityStore(servers, limits);
  return {
    kind: 'redis',
    identity,
    limits,
    roundTrips: () => servers.roundTrips,
    limitsAreLocal: () => limits.isLocal,
    ping: () => identity.ping(),
    close: () => limits.close(),
  };
}

async function embeddedStores(clock: Clock, events: StoreEvents, home: string | undefined): Promise<Stores> {
  const limits = new EmbeddedLimitStore(clock);
  const folder = home === undefined ? undefined : join(home, 'sessions');
  const lock = folder === undefined ? undefined : takeFolder(folder, events);
  const path = folder !== undefined && lock ? join(folder, 'journal') : undefined;
  const identity = await EmbeddedIdentityStore.open({ path, clock, limits });
  return {
    kind: 'embedded',
    identity,
    limits,
    roundTrips: () => identity.operations + limits.operations,
    limitsAreLocal: () => false,
    ping: () => identity.ping(),
    close: async () => {
      await identity.close();
      lock?.release();
    },
  };
}

/** An operator's command beside a running server leaves the journal to the server, and keeps its own sessions in memory. */
function takeFolder(folder: string, events: StoreEvents): DirectoryLock | undefined {
  try {
    return lockDirectory(folder);
  } catch (error) {
    if (error instanceof Error) events.onError?.(error);
    return undefined;
  }
}
