import { readFileSync } from 'node:fs';
import { Agent, get } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { startTestServer } from '../test-harness/index.ts';

const CLIENTS = 8;

it('whoever keeps asking while the server stops is answered every time, until told that the connection ends', async () => {
  const { running, stop } = await startTestServer();
  const ca = readFileSync(running.authorityFile ?? '');
  const clients = Array.from({ length: CLIENTS }, () => askUntilClosed(`${running.url}/health/live`, ca));
  await delay(200);
  await stop();
  expect(await Promise.all(clients)).toEqual(Array(CLIENTS).fill('close'));
});

/** Asks again and again over one connection; answers how it ended: `close` was announced, or the code of a failure. */
async function askUntilClosed(url: string, ca: Buffer): Promise<string> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ca });
  for (;;) {
    const end = await new Promise<string | undefined>((resolve) => {
      const request = get(url, { agent }, (response) => {
        response.resume().on('end', () => resolve(response.headers.connection));
      });
      request.on('error', (error: NodeJS.ErrnoException) => resolve(error.code));
    });
    if (end !== 'keep-alive') return end ?? 'no connection header';
  }
}
