/** Processes whose whole output is kept. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ServerAddress, TestEnvironment } from '../../apps/server/test-harness/index.ts';

const SERVER = fileURLToPath(new URL('../../apps/server/test-harness/child-server.ts', import.meta.url));

/** A process and everything that it has written, on either stream. */
export interface LoggedProcess {
  readonly child: ChildProcess;
  readonly exited: Promise<number | null>;
  output(): string;
}

/** Runs a script of the built code on an environment. */
export function runLogged(
  script: string,
  parameters: readonly string[],
  { variables }: TestEnvironment,
): LoggedProcess {
  const child = spawn(process.execPath, [script, ...parameters], {
    env: { ...process.env, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, exited, output: () => Buffer.concat(chunks).toString('utf8') };
}

/** Starts a server and waits until it says where it is. */
export async function startLogged(
  environment: TestEnvironment,
): Promise<LoggedProcess & { readonly address: ServerAddress & { readonly setupCode: string } }> {
  const started = runLogged(SERVER, [], environment);
  for (;;) {
    const line = /^\{"url".*$/m.exec(started.output());
    if (line !== null) return { ...started, address: JSON.parse(line[0]) };
    if (started.child.exitCode !== null) throw new Error(`the server did not start:\n${started.output()}`);
    await delay(20);
  }
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const server = createServer().listen(0, '127.0.0.1', () => {
    const address = server.address();
    server.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0));
  });
  return promise;
}
