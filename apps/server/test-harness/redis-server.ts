import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openRedisClient } from './redis-client.ts';

/** A redis-server of a test's own, on loopback. */
export interface SpawnedRedis {
  readonly url: string;
  readonly port: number;
  readonly folder: string;
  readonly signal: (signal: NodeJS.Signals) => void;
  /** Ends the process without writing anything; its folder stays. */
  readonly kill: () => Promise<void>;
  /** Starts it again on the same port and folder. */
  readonly restart: () => Promise<void>;
  /** Ends the process and removes the folder. */
  readonly close: () => Promise<void>;
}

const SLOTS = 16_384;
/** The bus of a cluster listens so far above. */
const BUS_OFFSET = 10_000;
/** Both ports below those that Linux gives to outgoing connections (from 32,768), of which the tests make many. */
const LOWEST_PORT = 11_000;
const HIGHEST_PORT = 22_000;

/** Starts a redis-server. Throws when there is none on this machine. */
export async function spawnRedis(extra: readonly string[] = []): Promise<SpawnedRedis> {
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'careward-redis-'));
  const start = () => startServer(port, folder, extra);
  let child = await start();
  const kill = () => end(child);
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    folder,
    signal: (signal) => void child.kill(signal),
    kill,
    restart: async () => {
      child = await start();
    },
    close: async () => {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Starts a cluster of three masters and waits until every slot is served. */
export async function spawnRedisCluster(): Promise<readonly SpawnedRedis[]> {
  const settings = [
    '--cluster-enabled',
    'yes',
    '--cluster-node-timeout',
    '1000',
    '--cluster-require-full-coverage',
    'no',
  ];
  const nodes = [await spawnRedis(settings), await spawnRedis(settings), await spawnRedis(settings)];
  const share = Math.ceil(SLOTS / nodes.length);
  const [first] = nodes;
  for (const [index, node] of nodes.entries()) {
    const from = index * share;
    await command(node, [
      'CLUSTER',
      'ADDSLOTSRANGE',
      String(from),
      String(Math.min(from + share, SLOTS) - 1),
    ]);
    await command(node, ['CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1)]);
    if (first && node !== first) await command(node, ['CLUSTER', 'MEET', '127.0.0.1', String(first.port)]);
  }
  await Promise.all(nodes.map((node) => untilComplete(node)));
  return nodes;
}

async function untilComplete(node: SpawnedRedis): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    const info = String(await command(node, ['CLUSTER', 'INFO']));
    if (info.includes('cluster_state:ok') && info.includes(`cluster_slots_ok:${SLOTS}`)) return;
    await sleep(50);
  }
  throw new Error('the cluster did not form');
}

async function command(node: SpawnedRedis, words: string[]): Promise<unknown> {
  const client = await openRedisClient(node.url);
  try {
    return await client.sendCommand(words);
  } finally {
    client.destroy();
  }
}

async function startServer(port: number, folder: string, extra: readonly string[]): Promise<ChildProcess> {
  const settings = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', ...extra];
  const child = spawn('redis-server', settings, { stdio: 'ignore' });
  await once(child, 'spawn');
  // A test that is broken off leaves no server behind.
  const endWithTest = () => child.kill('SIGKILL');
  process.once('exit', endWithTest);
  child.once('exit', () => process.off('exit', endWithTest));
  for (let tries = 0; tries < 400 && child.exitCode === null; tries += 1) {
    if (await answers(port)) return child;
    await sleep(25);
  }
  await end(child);
  throw new Error('redis-server did not start');
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    socket.write('PING\r\n');
    const [answer] = await once(socket, 'data');
    return String(answer).startsWith('+PONG');
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

async function freePort(): Promise<number> {
  for (;;) {
    const port = LOWEST_PORT + Math.floor(Math.random() * (HIGHEST_PORT - LOWEST_PORT));
    if ((await isFree(port)) && (await isFree(port + BUS_OFFSET))) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  await new Promise((resolve) => server.close(resolve));
  return true;
}
