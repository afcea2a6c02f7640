import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '@careward/kernel';
import { type FastifyInstance } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { buildEdgeServer } from '../../test-harness/edge-server.ts';
import { Admission, admitRequest, resolveClientAddress, settleRequest } from './index.ts';

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

function build(configure: (server: FastifyInstance) => void): void {
  app = buildEdgeServer(configure);
}

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 200 && !condition(); i += 1) await sleep(10);
  expect(condition()).toBe(true);
}
