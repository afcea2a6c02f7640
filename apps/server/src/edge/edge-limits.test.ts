import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { type FastifyInstance, type InjectOptions } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { buildEdgeServer } from '../../test-harness/edge-server.ts';
import { EmbeddedLimitStore } from '../connections/index.ts';
import { Admission, limitAddress, limitBody, RateLimitService, resolveClientAddress } from './index.ts';

const limits = {
  address: { intervalMs: 1_000, burst: 3 },
};
let app: FastifyInstance;
afterEach(() => app.close());

describe('limitAddress', () => {
  it('tells the budget, refuses past it with a time to wait, and lets through after that time', async () => {
    let now = 1_000_000;
    buildLimited({ now: () => now });
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
    buildLimited({ now: () => 1_000_000 });
    const statuses: number[] = [];
    for (let i = 0; i < 5; i += 1) {
      const headers = { 'x-forwarded-for': `198.51.100.${i}`, 'user-agent': `agent-${i}` };
      statuses.push((await app.inject({ url: i % 2 ? '/' : `/unknown-${i}`, headers })).statusCode);
    }
    expect(statuses.filter((status) => status === 429)).toHaveLength(2);
  });

  it('counts all addresses of an IPv6 /64 as one, and another /64 apart', async () => {
    buildLimited({ now: () => 1_000_000 });
    const statuses: number[] = [];
    for (let i = 1; i <= 5; i += 1) statuses.push(await statusFrom(`2001:db8::${i}`));
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    expect(await statusFrom('2001:db8:0:1::1')).toBe(200);
  });

  it('never counts health checks', async () => {
    buildLimited({ now: () => 1_000_000 });
    for (let i = 0; i < 10; i += 1) expect((await app.inject('/health/ready')).statusCode).toBe(200);
  });

  function buildLimited(clock: { now: () => number }): void {
    const service = new RateLimitService(new EmbeddedLimitStore(clock), limits);
    build((server) => {
      server.addHook('onRequest', resolveClientAddress([]));
      server.addHook('onRequest', limitAddress(service));
      server.get('/', async () => ({}));
      server.get('/health/ready', async () => ({}));
    });
  }

  async function statusFrom(remoteAddress: string): Promise<number> {
    return (await app.inject({ url: '/', remoteAddress })).statusCode;
  }
});

describe('RateLimitService', () => {
  it('tells of each decision', async () => {
    const decisions: boolean[] = [];
    const store = new EmbeddedLimitStore({ now: () => 0 });
    const service = new RateLimitService(
      store,
      { address: { intervalMs: 1_000, burst: 2 } },
      (_name, { allowed }) => {
        decisions.push(allowed);
      },
    );
    for (let i = 0; i < 3; i += 1) await service.take('address', 'client');
    expect(decisions).toEqual([true, true, false]);
  });
});

describe('limitBody', () => {
  it.each<[string, InjectOptions, number]>([
    ['a small body', json('/', { a: 1 }), 200],
    ['a body over the limit', json('/', { a: 'x'.repeat(200) }), 413],
    [
      'the same body on an import route',
      json('/import', { a: 'x'.repeat(200) }, 'application/fhir+json'),
      200,
    ],
    ['a body over the import limit', json('/import', { a: 'x'.repeat(2_000) }, 'application/fhir+json'), 413],
    ['a media type of another route', json('/', { a: 1 }, 'application/fhir+json'), 415],
    ['text', { method: 'POST', url: '/', headers: { 'content-type': 'text/plain' }, payload: 'x' }, 415],
    ['a form', json('/', { a: 1 }, 'application/x-www-form-urlencoded'), 415],
    ['a media type with parameters', json('/', { a: 1 }, 'application/json; charset=utf-8'), 200],
    [
      'no media type',
      { method: 'POST', url: '/', headers: { 'content-length': '1' }, payload: Buffer.from('1') },
      415,
    ],
    [
      'a compressed body',
      { ...json('/', { a: 1 }), headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' } },
      415,
    ],
    ['a body on GET', { method: 'GET', url: '/', headers: { 'content-length': '2' }, payload: '{}' }, 400],
    ['a POST without a body', { method: 'POST', url: '/' }, 200],
  ])('%s', async (_name, request, status) => {
    buildBodies();
    expect((await app.inject(request)).statusCode).toBe(status);
  });

  it('counts a body that does not say its length, and cuts it off at the limit', async () => {
    let read = 0;
    buildBodies((length) => {
      read = length;
    });
    await app.listen({ port: 0, host: '127.0.0.1' });
    const head =
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n';
    const small = await exchange([head, '7\r\n{"a":1}\r\n0\r\n\r\n']);
    expect(small).toMatch(/^HTTP\/1\.1 200 /);
    const large = await exchange([head, ...Array.from({ length: 50 }, () => `64\r\n${' '.repeat(100)}\r\n`)]);
    expect(large).toMatch(/^HTTP\/1\.1 413 /);
    expect(large).toContain('request-body-too-large');
    expect(read).toBeLessThanOrEqual(100);
  });

  async function exchange(parts: readonly string[]): Promise<string> {
    const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1').on(
      'error',
      () => undefined,
    );
    let answer = '';
    const answered = new Promise<void>((resolve) => {
      socket.on('data', (chunk) => {
        answer += chunk.toString();
        resolve();
      });
    });
    await once(socket, 'connect');
    for (const part of parts) socket.write(part);
    await Promise.race([answered, once(socket, 'close')]);
    socket.destroy();
    return answer;
  }

  const large = { requireSession: async () => undefined, admission: new Admission(4) };

  function buildBodies(onBody: (length: number) => void = () => undefined): void {
    build((server) => {
      server.addHook('preParsing', limitBody({ ordinaryBytes: 100, importBytes: 1_000 }, large));
      server.addContentTypeParser('application/fhir+json', { parseAs: 'string' }, (_request, body, done) =>
        done(null, body),
      );
      const answer = async (request: { body: unknown }) => {
        onBody(JSON.stringify(request.body ?? '').length);
        return {};
      };
      server.post('/', answer);
      server.get('/', answer);
      server.post(
        '/import',
        { config: { body: { size: 'import', mediaTypes: ['application/fhir+json'] } } },
        answer,
      );
    });
  }
});

function json(url: string, body: object, type = 'application/json'): InjectOptions {
  return { method: 'POST', url, headers: { 'content-type': type }, payload: JSON.stringify(body) };
}

function build(configure: (server: FastifyInstance) => void): void {
  app = buildEdgeServer(configure);
}
