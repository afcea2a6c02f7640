import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '@careward/kernel';
import fastify, { type FastifyInstance, type InjectOptions } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { EmbeddedLimitStore } from '../connections/index.ts';
import { ProblemFilter } from '../errors/index.ts';
import {
  Admission,
  admitRequest,
  assignRequestId,
  checkOrigin,
  limitAddress,
  limitBody,
  RateLimitService,
  rejectUnsafeUrl,
  resolveClientAddress,
  setSecurityHeaders,
  settleRequest,
} from './index.ts';

const CONSOLE = 'https://console.example.org';
const limits = {
  address: { intervalMs: 1_000, burst: 3 },
};
let app: FastifyInstance;
afterEach(() => app.close());

describe('assignRequestId', () => {
  it('gives each request an id of its own, whatever id the client sends', async () => {
    build((server) => server.get('/', async (request) => request.careward.origin));
    const sent = newId();
    const response = await app.inject({
      url: '/',
      headers: { 'x-request-id': sent, 'user-agent': 'a'.repeat(500) },
    });
    const origin = response.json<{ requestId: string; agent: string }>();
    expect(origin.requestId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    expect(origin.requestId).not.toBe(sent);
    expect(response.headers['x-request-id']).toBe(origin.requestId);
    expect(origin.agent).toHaveLength(200);
    const other = await app.inject('/');
    expect(other.headers['x-request-id']).not.toBe(origin.requestId);
  });

  it('shows the same id as instance of a problem', async () => {
    build(() => undefined);
    const response = await app.inject('/nothing');
    expect(response.json<{ instance: string }>().instance).toBe(
      `urn:uuid:${response.headers['x-request-id']}`,
    );
  });
});

describe('resolveClientAddress', () => {
  it('believes X-Forwarded-For from a trusted proxy and from nobody else', async () => {
    build((server) => {
      server.addHook('onRequest', resolveClientAddress(['10.0.0.0/8']));
      server.get('/', async (request) => ({ address: request.careward.origin.address }));
    });
    const headers = { 'x-forwarded-for': '198.51.100.1' };
    expect((await app.inject({ url: '/', headers, remoteAddress: '10.1.1.1' })).json()).toEqual({
      address: '198.51.100.1',
    });
    expect((await app.inject({ url: '/', headers, remoteAddress: '203.0.113.9' })).json()).toEqual({
      address: '203.0.113.9',
    });
  });
});

describe('admitRequest', () => {
  it('refuses past the bound at once, keeps health checks going, and takes work again afterwards', async () => {
    const gates: (() => void)[] = [];
    let shed = 0;
    const admission = new Admission(2);
    build((server) => {
      server.addHook(
        'onRequest',
        admitRequest(admission, () => (shed += 1)),
      );
      server.addHook('onSend', settleRequest(admission));
      server.get('/work', () => new Promise((resolve) => gates.push(() => resolve({}))));
      server.get('/health/live', async () => ({}));
    });
    const running = [app.inject('/work'), app.inject('/work')];
    await until(() => gates.length === 2);
    const refused = await app.inject('/work');
    expect([refused.statusCode, refused.headers['retry-after']]).toEqual([503, '1']);
    expect(refused.json<{ code: string }>().code).toBe('edge-overloaded');
    expect((await app.inject('/health/live')).statusCode).toBe(200);
    expect(shed).toBe(1);
    for (const open of gates) open();
    await Promise.all(running);
    expect(admission.inWork).toBe(0);
  });

  it('gives no place back to a client that hangs up while its work goes on', async () => {
    const gates: (() => void)[] = [];
    const admission = new Admission(1);
    build((server) => {
      server.addHook('onRequest', admitRequest(admission));
      server.addHook('onSend', settleRequest(admission));
      server.get('/work', () => new Promise((resolve) => gates.push(() => resolve({}))));
    });
    await app.listen({ port: 0, host: '127.0.0.1' });
    const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
    socket.write('GET /work HTTP/1.1\r\nHost: x\r\n\r\n');
    await until(() => gates.length === 1);
    socket.destroy();
    await sleep(50);
    expect(admission.inWork).toBe(1);
    expect((await app.inject('/work')).statusCode).toBe(503);
    gates[0]?.();
    await until(() => admission.inWork === 0);
  });

  it('keeps the place of an answer that its client does not fetch', async () => {
    const admission = new Admission(1);
    let answered = false;
    build((server) => {
      server.addHook('onRequest', admitRequest(admission));
      server.addHook('onSend', settleRequest(admission));
      server.addHook('onSend', async () => {
        answered = true;
      });
      server.get('/large', async () => Buffer.alloc(64 * 1024 * 1024));
    });
    await app.listen({ port: 0, host: '127.0.0.1' });
    const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1').pause();
    socket.write('GET /large HTTP/1.1\r\nHost: x\r\n\r\n');
    await until(() => answered);
    await sleep(50);
    expect(admission.inWork).toBe(1);
    socket.destroy();
    await until(() => admission.inWork === 0);
  });

  it('frees the place of a request that is refused or fails', async () => {
    const admission = new Admission(1);
    build((server) => {
      server.addHook('onRequest', admitRequest(admission));
      server.addHook('onSend', settleRequest(admission));
      server.get('/broken', () => Promise.reject(new Error('broken')));
    });
    for (let i = 0; i < 5; i += 1) {
      expect((await app.inject('/broken')).statusCode).toBe(500);
      expect((await app.inject('/nothing')).statusCode).toBe(404);
    }
    expect(admission.inWork).toBe(0);
  });

  it('does not mistake an address that looks like a health check for one', async () => {
    const admission = new Admission(0);
    build((server) => {
      server.addHook('onRequest', admitRequest(admission));
      server.get('/health/live', async () => ({}));
      server.get('/work/*', async () => ({}));
    });
    for (const url of ['/work/health/live', '/health/live/', '/health/livex', '/HEALTH/LIVE']) {
      expect((await app.inject(url)).statusCode).toBe(503);
    }
    expect((await app.inject('/health/live?x=1')).statusCode).toBe(200);
  });
});

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

describe('setSecurityHeaders', () => {
  it('sets every header on answers, refusals and unknown routes', async () => {
    buildOrigins({ hasTls: true, isProduction: true });
    for (const url of ['/', '/nothing', '/broken']) {
      expect((await app.inject(url)).headers).toMatchObject({
        'content-security-policy':
          "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        'strict-transport-security': 'max-age=63072000; includeSubDomains',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'cache-control': 'no-store',
      });
    }
  });

  it('promises TLS only when there is TLS, and not for long on a developer machine', async () => {
    buildOrigins({ hasTls: false, isProduction: false });
    expect((await app.inject('/')).headers).not.toHaveProperty('strict-transport-security');
    await app.close();
    buildOrigins({ hasTls: true, isProduction: false });
    expect((await app.inject('/')).headers['strict-transport-security']).toBe('max-age=3600');
  });

  it('lets allowed origins read answers and refusals, and no other', async () => {
    buildOrigins({ hasTls: true, isProduction: true });
    for (const url of ['/', '/nothing']) {
      const allowed = await app.inject({ url, headers: { origin: CONSOLE } });
      expect(allowed.headers['access-control-allow-origin']).toBe(CONSOLE);
      expect(allowed.headers).not.toHaveProperty('access-control-allow-credentials');
      for (const origin of [
        'https://evil.example',
        'null',
        `${CONSOLE}.evil.example`,
        CONSOLE.toUpperCase(),
        '*',
      ]) {
        const refused = await app.inject({ url, headers: { origin } });
        expect(refused.headers).not.toHaveProperty('access-control-allow-origin');
        expect(refused.headers.vary).toBe('Origin');
      }
    }
  });
});

describe('checkOrigin', () => {
  it('answers the preflight of an allowed origin and refuses that of others', async () => {
    buildOrigins({ hasTls: true, isProduction: true });
    const allowed = await preflight(CONSOLE);
    expect(allowed.statusCode).toBe(204);
    expect(allowed.headers['access-control-allow-headers']).toContain('Authorization');
    const refused = await preflight('https://evil.example');
    expect([refused.statusCode, refused.json<{ code: string }>().code]).toEqual([403, 'edge-origin-refused']);
    expect(refused.headers).not.toHaveProperty('access-control-allow-methods');
  });

  it.each([
    ['a foreign page', 'https://evil.example', 403],
    ['a sandboxed page', 'null', 403],
    ['nonsense', 'evil', 403],
    ['an allowed page', CONSOLE, 200],
    ['a page of the server itself', 'https://localhost:80', 200],
    ['no browser', undefined, 200],
  ])('a change asked for by %s', async (_name, origin, status) => {
    buildOrigins({ hasTls: true, isProduction: true });
    const headers = { host: 'localhost:80', ...(origin && { origin }) };
    expect((await app.inject({ method: 'POST', url: '/', headers })).statusCode).toBe(status);
    expect((await app.inject({ method: 'GET', url: '/', headers })).statusCode).toBe(200);
  });

  async function preflight(origin: string) {
    const headers = { origin, 'access-control-request-method': 'POST' };
    return await app.inject({ method: 'OPTIONS', url: '/', headers });
  }
});

describe('rejectUnsafeUrl', () => {
  it('answers with the code of the rule that is broken, and never with the address', async () => {
    build((server) => {
      server.addHook('onRequest', rejectUnsafeUrl({ maxCharacters: 100 }));
      server.get('/*', async () => ({}));
    });
    for (const [url, status, code] of [
      ['/a%2fb-needle', 400, 'edge-url-unsafe'],
      ['/a?x=1&x=needle', 400, 'edge-query-repeated'],
      ['/a?token=needle', 400, 'edge-credential-in-url'],
      [`/${'needle'.repeat(30)}`, 414, 'edge-url-too-long'],
    ] as const) {
      const response = await app.inject(url);
      expect([response.statusCode, response.json<{ code: string }>().code]).toEqual([status, code]);
      expect(response.body).not.toContain('needle');
    }
    expect((await app.inject('/a?x=1')).statusCode).toBe(200);
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

  function buildBodies(onBody: (length: number) => void = () => undefined): void {
    build((server) => {
      server.addHook('preParsing', limitBody({ ordinaryBytes: 100, importBytes: 1_000 }));
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

function buildOrigins(options: { hasTls: boolean; isProduction: boolean }): void {
  build((server) => {
    server.addHook('onRequest', setSecurityHeaders({ ...options, corsOrigins: [CONSOLE] }));
    server.addHook('onRequest', checkOrigin([CONSOLE]));
    server.get('/', async () => ({}));
    server.post('/', async () => ({}));
    server.get('/broken', () => Promise.reject(new Error('broken')));
  });
}

function build(configure: (server: FastifyInstance) => void): void {
  app = fastify();
  const filter = new ProblemFilter();
  app.setErrorHandler((error, request, reply) => filter.answer(error, request, reply));
  app.setNotFoundHandler((request, reply) => {
    filter.answer(Object.assign(new Error(), { code: 'FST_ERR_NOT_FOUND' }), request, reply);
  });
  app.addHook('onRequest', assignRequestId());
  configure(app);
}

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 200 && !condition(); i += 1) await sleep(10);
  expect(condition()).toBe(true);
}
