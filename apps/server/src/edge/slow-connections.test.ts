import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfiguration } from '../config/index.ts';
import { openHome, type TlsMaterial } from '../connections/index.ts';
import { sendProblem } from '../errors/index.ts';
import { assignRequestId, listenerOptions, rejectUnsafeUrl, setSecurityHeaders } from './index.ts';

const TIMES = {
  headersTimeout: 300,
  requestTimeout: 600,
  keepAliveTimeout: 200,
  connectionsCheckingInterval: 50,
};
let folder: string;
let app: FastifyInstance;
let tls: TlsMaterial | undefined;
let ca: Buffer | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'careward-slow-'));
});
afterEach(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

describe.each(['TLS', 'plain HTTP'] as const)('over %s', (kind) => {
  beforeEach(() => start(kind));

  it('a client that drips its header is answered 408 and closed', async () => {
    const socket = await open();
    const drip = setInterval(() => socket.write('X-Drip: 1\r\n'), 40);
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n');
    const answer = await readToEnd(socket);
    clearInterval(drip);
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer).toContain('application/problem+json');
    expect(answer).toContain('request-timeout');
  });

  it('a client that sends nothing at all is closed', async () => {
    const started = performance.now();
    await readToEnd(await open());
    expect(performance.now() - started).toBeLessThan(3_000);
  });

  it('a client that drips its body is cut off', async () => {
    const socket = await open();
    socket.write(
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n',
    );
    const drip = setInterval(() => socket.write(' '), 40);
    const started = performance.now();
    const answer = await readToEnd(socket);
    clearInterval(drip);
    expect(performance.now() - started).toBeLessThan(3_000);
    expect(answer).not.toContain(' 200 ');
  });

  it('fifty slow clients do not keep an honest one waiting, and all of them are closed', async () => {
    const slow = await Promise.all(Array.from({ length: 50 }, open));
    for (const socket of slow) socket.write('GET / HTTP/1.1\r\nHost: x\r\nX-');
    const honest = await open();
    honest.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect(await readToEnd(honest)).toMatch(/^HTTP\/1\.1 200 /);
    const answers = await Promise.all(slow.map(readToEnd));
    expect(answers.every((answer) => answer.startsWith('HTTP/1.1 408 '))).toBe(true);
  });

  it('an idle connection is closed', async () => {
    const socket = await open();
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(await readToEnd(socket)).toMatch(/^HTTP\/1\.1 200 /);
  });

  it.each([
    ['that the router cannot read', '/needle/%zz', 400, 'edge-url-unsafe'],
    ['with a parameter of any length', `/by/needle${'a'.repeat(3_000)}`, 200, '{}'],
    ['that is too long', `/by/needle${'a'.repeat(6_000)}`, 414, 'edge-url-too-long'],
  ])('an address %s passes the hooks and is not repeated', async (_name, url, status, content) => {
    const socket = await open();
    socket.write(`GET ${url} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    const answer = await readToEnd(socket);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer).toContain('x-frame-options: DENY');
    expect(answer).toContain(content);
    expect(answer).not.toContain('needle');
  });
});

describe('the TLS listener', () => {
  it('speaks TLS 1.3 and refuses 1.2', async () => {
    await start('TLS');
    const socket = (await open()) as TLSSocket;
    expect(socket.getProtocol()).toBe('TLSv1.3');
    socket.destroy();
    const old = connectTls({
      port: port(),
      host: '127.0.0.1',
      rejectUnauthorized: false,
      maxVersion: 'TLSv1.2',
    });
    const [error] = await once(old, 'error');
    expect(String(error)).toMatch(/protocol version|unsupported protocol/i);
  });
});

async function start(kind: 'TLS' | 'plain HTTP'): Promise<void> {
  const configuration = loadConfiguration({
    CAREWARD_HOME: join(folder, 'home'),
    ...(kind === 'plain HTTP' && { CAREWARD_PLAIN_HTTP: 'true' }),
  });
  tls = (await openHome(configuration)).tls;
  ca = tls?.authorityFile === undefined ? undefined : await readFile(tls.authorityFile);
  app = fastify(listenerOptions(configuration, tls, TIMES) as object);
  app.setErrorHandler((error, request, reply) => void sendProblem(error, request, reply));
  app.addHook('onRequest', assignRequestId());
  app.addHook(
    'onRequest',
    setSecurityHeaders({ hasTls: kind === 'TLS', isProduction: true, corsOrigins: [] }),
  );
  app.addHook('onRequest', rejectUnsafeUrl({ maxCharacters: configuration.limits.urlCharacters }));
  app.get('/by/:name', async () => ({}));
  app.get('/', async () => ({}));
  app.post('/', async () => ({}));
  await app.listen({ port: 0, host: '127.0.0.1' });
}

function port(): number {
  return (app.server.address() as AddressInfo).port;
}

async function open(): Promise<Socket> {
  const socket = ca
    ? connectTls({ port: port(), host: '127.0.0.1', ca, servername: 'localhost' })
    : connect(port(), '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, ca ? 'secureConnect' : 'connect');
  return socket;
}

async function readToEnd(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString();
  });
  if (!socket.closed) await once(socket, 'close');
  return text;
}
