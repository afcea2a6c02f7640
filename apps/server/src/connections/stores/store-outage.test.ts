import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { Secret, systemClock } from '@careward/kernel';
import { afterEach, describe, expect, it } from 'vitest';
import { newSession, questionOf } from '../../../test-harness/identity-stores.ts';
import { redisStores } from './open-stores.ts';
import { RedisConnection } from './redis-connection.ts';

const SESSION = newSession();
const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

describe.each([
  ['dead (nothing listens)', deadPort],
  ['hung (accepts and never answers)', hungPort],
  ['hung after it was ready', readyThenHungPort],
  ['answering nonsense', nonsensePort],
])('a store that is %s', (_name, startServer) => {
  it('lets sessions fail closed, soon, with a time to come back', async () => {
    const { stores } = await start(startServer);
    const started = performance.now();
    await expect(stores.identity.gate(questionOf(SESSION))).rejects.toMatchObject({
      code: 'session-store-unavailable',
      category: 'unavailable',
      retryAfterSeconds: expect.any(Number),
    });
    expect(performance.now() - started).toBeLessThan(1_000);
    await expect(stores.identity.revoke(SESSION.accountId, SESSION.sessionId)).rejects.toMatchObject({
      code: 'session-store-unavailable',
    });
    await expect(stores.ping()).rejects.toMatchObject({ code: 'session-store-unavailable' });
  });

  it('keeps limits in this process instead of allowing everything, and tells it once', async () => {
    const { stores, changes } = await start(startServer);
    const limit = { intervalMs: 60_000, burst: 2 };
    const outcomes = [];
    for (let i = 0; i < 4; i += 1) outcomes.push((await stores.limits.take('address', limit)).allowed);
    expect(outcomes).toEqual([true, true, false, false]);
    expect(changes).toEqual([true]);
    expect(stores.limitsAreLocal()).toBe(true);
  });

  it('answers anonymous requests by the limits of this process, and those with a session not at all', async () => {
    const { stores, changes } = await start(startServer);
    const address = { key: 'address', limit: { intervalMs: 60_000, burst: 2 } };
    const outcomes = [];
    for (let i = 0; i < 4; i += 1) outcomes.push((await stores.identity.gate({ address })).address?.allowed);
    expect(outcomes).toEqual([true, true, false, false]);
    expect(changes).toEqual([true]);
    await expect(stores.identity.gate({ address, ...questionOf(SESSION) })).rejects.toMatchObject({
      code: 'session-store-unavailable',
    });
  });

  it('does not let a thousand requests wait each for itself', async () => {
    const { stores } = await start(startServer);
    await stores.limits.take('first', { intervalMs: 1_000, burst: 1 });
    const started = performance.now();
    for (let i = 0; i < 1_000; i += 1) await stores.limits.take(`key-${i}`, { intervalMs: 1_000, burst: 1 });
    expect(performance.now() - started).toBeLessThan(1_500);
  });
});

it('counts as down at once after one command ran out of time', async () => {
  const { stores } = await start(readyThenHungPort);
  const started = performance.now();
  for (let i = 0; i < 3; i += 1) await stores.limits.take('address', { intervalMs: 1_000, burst: 5 });
  expect(performance.now() - started).toBeLessThan(190);
});

it('refuses to start on a store that is not reached', async () => {
  const url = Secret.of(`redis://127.0.0.1:${await deadPort()}`);
  let now = 0;
  const clock = { now: () => (now += 400) };
  await expect(RedisConnection.open({ url, commandTimeoutMs: 100, clock })).rejects.toMatchObject({
    code: 'session-store-unavailable',
  });
});

async function start(startServer: () => Promise<number>) {
  const url = Secret.of(`redis://127.0.0.1:${await startServer()}`);
  const redis = RedisConnection.start({ url, commandTimeoutMs: 100, clock: systemClock });
  const changes: boolean[] = [];
  const stores = redisStores(redis, systemClock, { onLimitsChange: (isLocal) => changes.push(isLocal) });
  closers.push(() => stores.close());
  await new Promise((resolve) => setTimeout(resolve, 100));
  return { stores, changes };
}

async function deadPort(): Promise<number> {
  const port = await listen(() => undefined);
  await closers.pop()?.();
  return port;
}

async function hungPort(): Promise<number> {
  return await listen(() => undefined);
}

async function nonsensePort(): Promise<number> {
  return await listen((socket) => socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\n\r\n')));
}

/** Answers the client's greeting so that it counts as ready, then nothing more. */
async function readyThenHungPort(): Promise<number> {
  return await listen((socket) =>
    socket.on('data', (chunk) => {
      const greetings = chunk.toString().match(/CLIENT|HELLO|SELECT/g) ?? [];
      socket.write('+OK\r\n'.repeat(greetings.length));
    }),
  );
}

async function listen(onSocket: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    onSocket(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}
