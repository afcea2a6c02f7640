/** A whole server for tests, in this process or in a child of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { loadConfiguration } from '../src/config/index.ts';
import { type RunningServer, startServer } from '../src/server.ts';
import { type ServerAddress, TestClient } from './client.ts';
import { copyTestEnvironment, createTestEnvironment, type TestEnvironment } from './environment.ts';
import { TestMailbox } from './mailbox.ts';
import type { TwoClinics } from './two-clinics.ts';
import { signEverybodyIn, worldTemplate } from './world-template.ts';

/** A server in this process, with its world. */
export interface TestServer {
  readonly running: RunningServer;
  readonly environment: TestEnvironment;
  readonly nobody: TestClient;
  readonly mailbox: TestMailbox;
  stop(): Promise<void>;
}

/** Starts a server on a fresh environment. */
export async function startTestServer(overrides: Record<string, string> = {}): Promise<TestServer> {
  return startOn(await createTestEnvironment(overrides));
}

async function startOn(environment: TestEnvironment): Promise<TestServer> {
  const running = await startServer(loadConfiguration(environment.variables));
  const nobody = await TestClient.of(running);
  const stop = async () => {
    nobody.close();
    await running.stop();
    await environment.remove();
  };
  return { running, environment, nobody, mailbox: new TestMailbox(environment.home), stop };
}

/** Starts a server with the two clinics in it, everybody just signed in. Nothing of it is shared. */
export async function startTwoClinics(
  overrides: Record<string, string> = {},
): Promise<TestServer & { readonly world: TwoClinics }> {
  const template = await worldTemplate();
  const server = await startOn(await copyTestEnvironment(template, overrides));
  return { ...server, world: await signEverybodyIn(template, server.running.platform, server.nobody) };
}

/** A server in a process of its own, to be killed. */
export interface ChildServer extends ServerAddress {
  readonly setupCode: string | undefined;
  readonly process: ChildProcess;
  /** SIGKILL: nothing of the process runs any more when this resolves. */
  kill(): Promise<void>;
  /** SIGTERM: a graceful stop; resolves with the exit code. */
  stop(): Promise<number | null>;
}

const CHILD = fileURLToPath(new URL('./child-server.ts', import.meta.url));

/** Starts a child on an environment, which outlives it. */
export async function spawnTestServer(environment: TestEnvironment): Promise<ChildServer> {
  const child = spawn(process.execPath, [CHILD], {
    env: { ...process.env, ...environment.variables },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const address = await firstLine(child, exited);
  const end = (signal: NodeJS.Signals) => {
    child.kill(signal);
    return exited;
  };
  return {
    ...address,
    process: child,
    kill: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
  };
}

async function firstLine(child: ChildProcess, exited: Promise<number | null>) {
  if (child.stdout === null) throw new Error('a child without output');
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('{"url"'))
      return JSON.parse(line) as ServerAddress & { setupCode: string | undefined };
  }
  throw new Error(`the server did not start: exit ${await exited}`);
}
