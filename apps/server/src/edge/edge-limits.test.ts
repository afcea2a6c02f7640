import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { type FastifyInstance, type InjectOptions } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { buildEdgeServer } from '../../test-harness/edge-server.ts';
import { Admission, limitBody } from './index.ts';

let app: FastifyInstance;
afterEach(() => app.close());

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
