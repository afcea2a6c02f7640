import type { FastifyInstance } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { buildEdgeServer } from '../../../test-harness/edge-server.ts';
import { EmbeddedIdentityStore, EmbeddedLimitStore } from '../../connections/index.ts';
import { RateLimitService, resolveClientAddress } from '../../edge/index.ts';
import { RequestClaims } from './request-claims.ts';
import { RequestGate } from './request-gate.ts';

const RATE = { intervalMs: 1_000, burst: 3 };
const LIMITS = {
  address: RATE,
  account: RATE,
  clinic: RATE,
  authentication: RATE,
  'mail-cause': RATE,
  'mail-recipient': RATE,
};
let app: FastifyInstance;
afterEach(() => app.close());

/** What a request of nobody never asks. */
function unused<T extends object>(): T {
  return new Proxy({} as T, {
    get: (_target, name) => {
      throw new Error(`asked for ${String(name)}`);
    },
  });
}

describe('address limit', () => {
  it('tells the budget, refuses past it with a time to wait, and lets through after that time', async () => {
    let now = 1_000_000;
    await buildLimited({ now: () => now });
    const first = await app.inject('/');
    expect(first.headers['ratelimit-policy']).toBe('"address";q=3;w=3');
    expect(first.headers.ratelimit).toBe('"address";r=2;t=1');
    await app.inject('/');
    await app.inject('/');
    const refused = await app.inject('/');
    expect([refused.statusCode, refused.headers['retry-after'], refused.headers.ratelimit]).toEqual([
      429,
      '1',
      '"address";r=0;t=3',
    ]);
    expect(refused.json<{ code: string }>().code).toBe('edge-rate-limited');
    now += 1_000;
    expect((await app.inject('/')).statusCode).toBe(200);
  });

  it('counts a rotating forwarded header, a user agent and an unknown route against the same address', async () => {
    await buildLimited({ now: () => 1_000_000 });
    const statuses: number[] = [];
    for (let i = 0; i < 5; i += 1) {
      const headers = { 'x-forwarded-for': `198.51.100.${i}`, 'user-agent': `agent-${i}` };
      statuses.push((await app.inject({ url: i % 2 ? '/' : `/unknown-${i}`, headers })).statusCode);
    }
    expect(statuses.filter((status) => status === 429)).toHaveLength(2);
  });

  it('counts all addresses of an IPv6 /64 as one, and another /64 apart', async () => {
    await buildLimited({ now: () => 1_000_000 });
    const statuses: number[] = [];
    for (let i = 1; i <= 5; i += 1) statuses.push(await statusFrom(`2001:db8::${i}`));
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    expect(await statusFrom('2001:db8:0:1::1')).toBe(200);
  });

  it('never counts health checks', async () => {
    await buildLimited({ now: () => 1_000_000 });
    for (let i = 0; i < 10; i += 1) expect((await app.inject('/health/ready')).statusCode).toBe(200);
  });

  async function buildLimited(clock: { now: () => number }): Promise<void> {
    const store = await EmbeddedIdentityStore.open({ clock });
    const gate = new RequestGate({
      store,
      claims: new RequestClaims(unused()),
      sessions: unused(),
      limits: new RateLimitService(new EmbeddedLimitStore(clock), LIMITS),
      policy: { bearerRoles: [], secondFactorRoles: [] },
      clock,
    });
    app = buildEdgeServer((server) => {
      server.addHook('onRequest', resolveClientAddress([]));
      server.addHook('onRequest', gate.stage());
      server.get('/', async () => ({}));
      server.get('/health/ready', async () => ({}));
    });
  }

  async function statusFrom(remoteAddress: string): Promise<number> {
    return (await app.inject({ url: '/', remoteAddress })).statusCode;
  }
});
