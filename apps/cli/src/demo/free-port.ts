import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { stepFailed } from './step-failed.ts';

/** Below what systems hand out to outgoing connections: while the server is stopped, none of those takes its port. */
const LOWEST = 20_000;
const BEYOND = 32_000;
const TRIES = 50;

/** A port of this machine that nobody listens at, the same through every restart of the server. */
export async function freePort(): Promise<string> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const port = randomInt(LOWEST, BEYOND);
    if (await isFree(port)) return String(port);
  }
  throw stepFailed('getting ready', 'a free port', `${TRIES} are taken; name one with CAREWARD_PORT`);
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  try {
    await once(probe.listen(port, '127.0.0.1'), 'listening');
    return true;
  } catch {
    return false;
  } finally {
    probe.close();
  }
}
