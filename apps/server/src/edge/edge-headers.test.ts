import { type FastifyInstance } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { buildEdgeServer } from '../../test-harness/edge-server.ts';
import { checkOrigin, rejectUnsafeUrl, setSecurityHeaders } from './index.ts';

const CONSOLE = 'https://console.example.org';
let app: FastifyInstance;
afterEach(() => app.close());

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
  app = buildEdgeServer(configure);
}
