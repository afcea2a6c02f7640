// A Redis Cluster as one store: each call goes to the node that holds its key.
//
// Defends the request path as redis-connection.ts does, for each node by itself: a node that is down or hung fails the calls that
// need it, soon, and no others. Where a key lies is asked again when a node says so (MOVED, ASK) and, at most once a second, after
// a failure, so that a replica that was promoted is found. Does not read from replicas: they may not have heard of a revocation.
import { type Clock, Secret } from '@careward/kernel';
import { RedisConnection, type RedisOptions } from './redis-connection.ts';
import type { FunctionCall, RedisServers } from './redis-servers.ts';
import { SLOTS, slotOf } from './redis-slot.ts';

const MOST_REDIRECTS = 4;
const REFRESH_PAUSE_MS = 1_000;

interface Redirect {
  readonly kind: 'MOVED' | 'ASK';
  readonly address: string;
}

/** {@link RedisServers} over the masters of a cluster. */
export class RedisCluster implements RedisServers {
  readonly isCluster = true;
  roundTrips = 0;
  readonly #options: RedisOptions;
  readonly #clock: Clock;
  readonly #seed: RedisConnection;
  readonly #keyPrefix: string;
  #nodes = new Map<string, RedisConnection>();
  #owners: readonly string[] = [];
  #refreshing: Promise<void> | undefined;
  #refreshedAt = 0;

  private constructor(options: RedisOptions, seed: RedisConnection) {
    this.#options = options;
    this.#clock = options.clock;
    this.#seed = seed;
    this.#keyPrefix = seed.keyPrefix;
  }

  /**
   * Connects to every master that the node at `url` knows.
   * @throws CarewardError `session-store-unavailable` when one is not reached, `store-evicts` when one may drop revocations
   */
  static async open(options: RedisOptions): Promise<RedisCluster> {
    const cluster = new RedisCluster(options, await RedisConnection.open({ ...options, isSeed: true }));
    try {
      await cluster.#refresh();
      await Promise.all([...cluster.#nodes.values()].map((node) => node.becomeUsable()));
      return cluster;
    } catch (error) {
      await cluster.close();
      throw error;
    }
  }

  async round(calls: readonly FunctionCall[]): Promise<readonly unknown[]> {
    this.roundTrips += 1;
    return await Promise.all(calls.map((call) => this.#call(call)));
  }

  async scan(cursor: string, start: string) {
    const addresses = [...this.#nodes.keys()].toSorted();
    const [address = addresses[0] ?? '', own = ''] = cursor === '' ? [] : cursor.split(' ');
    const found = await this.#node(address).scan(own, start);
    if (found.cursor !== '') return { cursor: `${address} ${found.cursor}`, keys: found.keys };
    const next = addresses.find((each) => each > address);
    return { cursor: next === undefined ? '' : `${next} `, keys: found.keys };
  }

  async close(): Promise<void> {
    await Promise.all([this.#seed, ...this.#nodes.values()].map((node) => node.close()));
  }

  async #call(call: FunctionCall): Promise<unknown> {
    const key = call.keys[0] ?? '';
    let asked: string | undefined;
    for (let redirects = 0; ; redirects += 1) {
      try {
        const node = this.#node(asked ?? this.#owners[slotOf(this.#keyPrefix + key)] ?? '');
        return await node.ask(call, asked !== undefined);
      } catch (error) {
        const redirect = redirectOf(error);
        if (!redirect || redirects >= MOST_REDIRECTS) {
          this.#refreshLater();
          throw error;
        }
        asked = redirect.kind === 'ASK' ? redirect.address : undefined;
        if (redirect.kind === 'MOVED') await this.#refresh();
      }
    }
  }

  #node(address: string): RedisConnection {
    const known = this.#nodes.get(address);
    if (known) return known;
    if (address === '') throw new Error('no node holds the key');
    const node = RedisConnection.start({ ...this.#options, url: this.#urlOf(address) });
    this.#nodes.set(address, node);
    return node;
  }

  #refreshLater(): void {
    if (this.#clock.now() - this.#refreshedAt < REFRESH_PAUSE_MS) return;
    this.#refreshedAt = this.#clock.now();
    this.#refresh().catch(() => undefined);
  }

  async #refresh(): Promise<void> {
    this.#refreshing ??= this.#readTopology().finally(() => {
      this.#refreshing = undefined;
    });
    await this.#refreshing;
  }

  async #readTopology(): Promise<void> {
    const ready = [...this.#nodes.values(), this.#seed].filter((node) => node.isReady);
    for (const node of ready) {
      const slots = await node
        .command((client) => client.sendCommand(['CLUSTER', 'SLOTS']))
        .catch(() => null);
      if (Array.isArray(slots)) return await this.#take(ownersIn(slots, new URL(this.#options.url.reveal())));
    }
    throw new Error('no node of the cluster answers');
  }

  async #take(owners: readonly string[]): Promise<void> {
    const masters = new Set(owners.filter((address) => address !== undefined));
    for (const [address, node] of this.#nodes) {
      if (masters.has(address)) continue;
      this.#nodes.delete(address);
      await node.close();
    }
    for (const address of masters) this.#node(address);
    this.#owners = owners;
  }

  /** The other nodes take the same account, password and encryption. */
  #urlOf(address: string): Secret<string> {
    const url = new URL(this.#options.url.reveal());
    url.host = address;
    return Secret.of(url.toString());
  }
}

/** The master's address for each slot, out of CLUSTER SLOTS. A node without an address of its own is the one that was asked. */
function ownersIn(slots: readonly unknown[], asked: URL): readonly string[] {
  const owners = new Array<string>(SLOTS);
  for (const range of slots) {
    if (!Array.isArray(range)) continue;
    const [from, to, master] = range;
    if (!Array.isArray(master)) continue;
    const host = String(master[0] || asked.hostname);
    const address = `${host.includes(':') ? `[${host}]` : host}:${master[1]}`;
    owners.fill(address, Number(from), Number(to) + 1);
  }
  return owners;
}

function redirectOf(error: unknown): Redirect | undefined {
  if (!(error instanceof Error)) return undefined;
  const [, kind, address] = /^(MOVED|ASK) \d+ (\S+)$/.exec(error.message) ?? [];
  if (address === undefined) return undefined;
  return { kind: kind === 'ASK' ? 'ASK' : 'MOVED', address };
}
