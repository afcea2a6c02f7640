// The attacker has no account and wants to fill the audit log, or the memory, from one machine. What is refused with an entry is
// counted against the address first; and nobody's large body is read before it is known that a session stands behind it.
import { request } from 'node:https';
import type { FastifyRequest } from 'fastify';
import { afterEach, expect, it, vi } from 'vitest';
import { startTestServer, startTwoClinics, type TestServer } from '../../apps/server/test-harness/index.ts';
import { withEntries } from '../e2e/world/audit.ts';

let server: TestServer;
afterEach(() => server.stop());

it('requests of a foreign origin are counted before their refusal is recorded', async () => {
  server = await startTestServer({
    CAREWARD_ADDRESS_REQUESTS_PER_MINUTE: '1',
    CAREWARD_ADDRESS_BURST: '3',
  });
  const page = server.nobody.with({ origin: 'https://elsewhere.example.org' });
  const { result, entries } = await withEntries(server.running.platform, async () => {
    const statuses: number[] = [];
    for (let n = 0; n < 10; n += 1) statuses.push((await page.post('/api/v1/patients', {})).status);
    return statuses;
  });
  expect(result).toEqual([403, 403, 403, 429, 429, 429, 429, 429, 429, 429]);
  expect(entries).toHaveLength(3);
});

it.each([
  ['nobody', {}],
  ['a forged token', { authorization: 'Bearer a.b.c' }],
])('a large body of %s is refused before its first byte', async (_who, headers) => {
  server = await startTestServer();
  expect(await answerToHeaders(headers)).toBe(401);
});

it('of those with a session, a few large bodies are in memory at once', async () => {
  const { world, ...rest } = await startTwoClinics();
  server = rest;
  const admin = world.north.staff.CLINIC_ADMIN.with({ 'x-purpose-of-use': 'HOPERAT' });
  const large = { resourceType: 'Bundle', entry: [], language: 'x'.repeat(300_000) };
  expect((await admin.post('/api/v1/import', large)).status).toBe(200);
  const { largeBodies } = server.running.platform;
  await vi.waitFor(() => expect(largeBodies.inWork).toBe(0));
  // Uploads that are never answered: only their identity is looked at.
  for (const upload of [{}, {}, {}, {}]) largeBodies.enter(upload as FastifyRequest);
  const { status, body } = await admin.post('/api/v1/import', large);
  expect([status, body.code]).toEqual([503, 'edge-overloaded']);
  expect((await admin.post('/api/v1/import', { ...large, language: 'en' })).status).toBe(200);
});

/** Announces an import of 60 MB, sends none of it, and waits for the answer. */
async function answerToHeaders(headers: Record<string, string>): Promise<number | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  const sent = request(new URL('/api/v1/import', server.running.url), {
    method: 'POST',
    rejectUnauthorized: false,
    headers: { ...headers, 'content-type': 'application/fhir+json', 'content-length': '60000000' },
  });
  sent.on('response', ({ statusCode }) => resolve(statusCode)).on('error', reject);
  sent.setTimeout(5_000, () => reject(new Error('the server waits for the body')));
  sent.flushHeaders();
  try {
    return await promise;
  } finally {
    sent.destroy();
  }
}
