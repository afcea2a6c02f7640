// The attacker has a list of addresses and wants to know who has an account. They ask for a new password, register, and invite, and
// compare status, body, headers and time. The mail tells, and only whoever reads the address gets it.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { withRoundTripsCounted } from '../../apps/server/test-harness/index.ts';
import { openWorld, type World } from '../e2e/world/open-world.ts';
import { emailOf } from '../e2e/world/people.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
  const { north } = world.world;
  await north.staff.CLINIC_ADMIN.call('PATCH', `/api/v1/clinics/${north.id}/settings`, {
    selfRegistration: true,
  });
});
afterAll(() => world.close());

const KNOWN = emailOf('DOCTOR', 'north');
let unknown = 0;
/** Another one each time: nobody registers twice. */
const nobody = () => {
  unknown += 1;
  return `nobody${unknown}@example.org`;
};

const WAYS: readonly (readonly [string, (email: string) => { path: string; body: object }])[] = [
  ['asking for a new password', (email) => ({ path: '/api/v1/auth/password-reset', body: { email } })],
  [
    'registering',
    (email) => ({
      path: '/api/v1/registrations',
      body: { clinicId: world.world.north.id, email },
    }),
  ],
];

describe.each(WAYS)('%s', (_name, requestFor) => {
  const ask = (email: string) => world.wire.send({ method: 'POST', headers: [], ...requestFor(email) });

  it('answers the same bytes in the same headers, account or none', async () => {
    const seen = new Set<string>();
    for (const email of [KNOWN, nobody(), 'root@example.org', nobody(), emailOf('PATIENT', 'south')]) {
      const { status, text, headers } = await ask(email);
      const { date: _date, ratelimit: _left, 'x-request-id': id, ...others } = headers;
      seen.add(JSON.stringify([status, text.replaceAll(String(id), ''), others]));
    }
    expect([...seen]).toHaveLength(1);
    expect([...seen][0]).toContain('202');
  });

  it('does the same work: as many passwords hashed, as many round trips to the database', async () => {
    const hashed = vi.spyOn(world.running.platform.passwords, 'hash');
    const work: unknown[] = [];
    await withRoundTripsCounted(world.running, async (counted) => {
      for (const email of [KNOWN, nobody(), 'root@example.org', nobody()]) {
        hashed.mockClear();
        const roundTrips = await counted(() => ask(email));
        work.push({ roundTrips, hashes: hashed.mock.calls.length });
      }
    });
    hashed.mockRestore();
    expect(work).toEqual(work.map(() => work[0]));
  });

  it('takes the same time', async () => {
    const timeOf = async (email: string) => {
      const startedAt = performance.now();
      await ask(email);
      return performance.now() - startedAt;
    };
    const [known, none]: [number[], number[]] = [[], []];
    // In turns: what else the machine does falls on both alike.
    for (let n = 0; n < 60; n += 1) {
      known.push(await timeOf(KNOWN));
      none.push(await timeOf(nobody()));
    }
    expect(probabilityOfLess(known, none)).toBeGreaterThan(0.2);
    expect(probabilityOfLess(known, none)).toBeLessThan(0.8);
    // What else the machine does makes a request longer and never shorter.
    const [least, most] = [Math.min(...known), Math.min(...none)].toSorted((a, b) => a - b);
    expect((most ?? 0) / (least ?? 1)).toBeLessThan(1.6);
  });
});

describe('inviting', () => {
  it('answers an administrator alike for a stranger, a member, and somebody of another clinic', async () => {
    const { north } = world.world;
    const shapes = new Set<string>();
    for (const email of [KNOWN, nobody(), emailOf('DOCTOR', 'south'), 'person@example.org']) {
      const { status, body } = await north.staff.CLINIC_ADMIN.post('/api/v1/users/invitations', {
        email,
        roles: ['NURSE'],
      });
      shapes.add(JSON.stringify([status, Object.keys(body).toSorted()]));
    }
    expect([...shapes]).toEqual(['[201,["expiresAt","id"]]']);
  });
});

describe('the mail of a registration', () => {
  it('tells whoever has an account that they have one, and gives them no code', async () => {
    await world.wire.send({ method: 'POST', headers: [], ...registration(KNOWN) });
    const mail = await world.mailbox.about(KNOWN, 'You already have an account');
    expect(mail.code).toBeUndefined();
  });
});

function registration(email: string) {
  return {
    path: '/api/v1/registrations',
    body: { clinicId: world.world.north.id, email },
  };
}

/**
 * How likely one of `a` is less than one of `b` (Mann and Whitney): one half when they cannot be told apart, 0 or 1 when each of them
 * tells. With 60 of each, chance alone leaves 0.2 to 0.8 less than once in ten million runs.
 */
function probabilityOfLess(a: readonly number[], b: readonly number[]): number {
  const wins = a.flatMap((x) => b.map((y) => (x < y ? 1 : x === y ? 0.5 : 0)));
  return wins.reduce((sum: number, win) => sum + win, 0) / wins.length;
}
