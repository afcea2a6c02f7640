// The attacker is refused for asking too often and so claims, in X-Forwarded-For and its relatives, to be a new address with every
// request: past the limit, and into the audit log under somebody else's address. Who connects directly is counted and recorded
// under the address of the connection, whatever they write.
import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  startTestServer,
  TEST_DATABASE_KIND,
  type TestServer,
} from '../../apps/server/test-harness/index.ts';
import { withEntries } from '../e2e/world/audit.ts';
import { Wire } from '../e2e/world/wire.ts';

const CLAIMS = [
  'x-forwarded-for',
  'forwarded',
  'x-real-ip',
  'x-client-ip',
  'true-client-ip',
  'cf-connecting-ip',
  'x-cluster-client-ip',
];
const ASK = { method: 'GET', path: '/api/v1/users/me' };

/** A Redis is shared by every test of a run, and what is used up here would be missing there: another loopback address then. */
const OWN_ADDRESS =
  TEST_DATABASE_KIND === 'embedded' ? '127.0.0.1' : `127.${[1, 2, 3].map(() => randomInt(1, 255)).join('.')}`;

let server: TestServer;
let wire: Wire;
beforeAll(async () => {
  server = await startTestServer({ CAREWARD_ADDRESS_REQUESTS_PER_MINUTE: '1', CAREWARD_ADDRESS_BURST: '10' });
  wire = new Wire(server.running, OWN_ADDRESS);
});
afterAll(async () => {
  wire.close();
  await server.stop();
});

describe('an address that a client claims', () => {
  it('is not recorded, and does not begin a new count', async () => {
    const statuses: number[] = [];
    const { entries } = await withEntries(server.running.platform, async () => {
      for (let n = 0; n < 20; n += 1) {
        const headers = CLAIMS.map((name) => [name, `203.0.113.${n}`] as const);
        statuses.push((await wire.send({ ...ASK, headers })).status);
      }
    });
    expect(statuses.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 401));
    expect(statuses.slice(10)).toEqual(Array.from({ length: 10 }, () => 429));
    expect(entries).toHaveLength(10);
    expect(new Set(entries.map(({ address }) => address))).toEqual(new Set([OWN_ADDRESS]));
  });
});
