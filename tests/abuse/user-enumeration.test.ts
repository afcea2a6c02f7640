// The attacker has a list of addresses and wants to know who has an account: whose clinic it is, whom to write a convincing letter.
// Signing in with an address that nobody has, with a wrong password, and to an account that is closed, must answer the same bytes
// in the same headers, and take the same time.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWorld, type World } from '../e2e/world/open-world.ts';
import { attempt, emailOf } from '../e2e/world/people.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const WRONG = 'not the password at all';

describe('a refused sign-in', () => {
  it('tells no account from none: status, body and headers are equal', async () => {
    const addresses = [
      emailOf('DOCTOR', 'north'),
      emailOf('PATIENT', 'south'),
      'root@example.org',
      'nobody@example.org',
      `${'a'.repeat(60)}@example.org`,
    ];
    const seen = new Set<string>();
    for (const email of addresses) {
      const { status, text, headers } = await attempt(world.wire, email, WRONG);
      const { date: _date, ratelimit: _left, 'x-request-id': id, ...others } = headers;
      seen.add(JSON.stringify([status, text.replaceAll(String(id), ''), others]));
    }
    expect([...seen]).toHaveLength(1);
    expect([...seen][0]).toContain('authentication-failed');
  });

  it('takes the same time for an account and for none', async () => {
    const timeOf = async (email: string) => {
      const startedAt = performance.now();
      await attempt(world.wire, email, WRONG);
      return performance.now() - startedAt;
    };
    let [known, unknown] = [Infinity, Infinity];
    // In turns, and the shortest of each: what else the machine does makes an attempt longer and never shorter.
    for (let n = 0; n < 15; n += 1) {
      known = Math.min(known, await timeOf(emailOf('DOCTOR', 'north')));
      unknown = Math.min(unknown, await timeOf('nobody@example.org'));
    }
    // Without the password being hashed in both cases they differ by more than an order of magnitude.
    expect(Math.max(known, unknown) / Math.min(known, unknown)).toBeLessThan(3);
  });

  it('leaves entries that tell the two apart to nobody but the auditor', async () => {
    const { text } = await attempt(world.wire, emailOf('DOCTOR', 'north'), WRONG);
    expect(text).not.toMatch(/doctor|north|exist|unknown|disabled/i);
  });

  it('is the same for a clinic that exists, one that does not, and one of others', async () => {
    const { north, south } = world.world;
    const statuses = await Promise.all(
      [north.id, south.id, '00000000-0000-4000-8000-000000000000'].map(async (clinicId) => {
        const body = { email: emailOf('DOCTOR', 'north'), password: WRONG, clinicId };
        const { status, body: told } = await world.wire.send({
          method: 'POST',
          path: '/api/v1/auth/sign-in',
          headers: [],
          body,
        });
        return `${status} ${String(told.code)}`;
      }),
    );
    expect(new Set(statuses)).toEqual(new Set(['401 authentication-failed']));
  });
});
