// The attacker first blinds the log, by filling its disk or by taking away the right to append to it, and then reads. What cannot be
// recorded is refused: no read gives a byte of data, no write is kept, nobody signs in, and refusals themselves answer that they could
// not be recorded.

import { asAccountId, asClinicId, newId } from '@careward/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfiguration } from '../../apps/server/src/config/index.ts';
import { type RunningServer, startServer } from '../../apps/server/src/server.ts';
import { plantSession, TEST_PASSWORD } from '../../apps/server/test-harness/index.ts';
import { endpointsOf } from '../e2e/world/endpoint-table.ts';
import { openWorld, type World } from '../e2e/world/open-world.ts';
import { asOwnerOf, digestOfClinic } from '../e2e/world/owner.ts';
import { attempt, emailOf } from '../e2e/world/people.ts';
import { type Planted, plant } from '../e2e/world/planted.ts';
import { requestTo } from '../e2e/world/requests.ts';
import { Wire } from '../e2e/world/wire.ts';

const ROLES_OF_DATABASE = ['careward_app', 'careward_identity', 'careward_operator'];

let world: World;
let planted: Planted;
let running: RunningServer;
let wire: Wire;
let before: Awaited<ReturnType<typeof digestOfClinic>>;
beforeAll(async () => {
  world = await openWorld();
  planted = await plant(world);
  world.wire.close();
  world.nobody.close();
  await world.running.stop();
  before = await asOwnerOf(world.environment, async (query) => {
    for (const role of ROLES_OF_DATABASE) await query(`revoke insert on audit_entry from ${role}`, []);
    return digestOfClinic(query, planted.foreign.clinicId);
  });
  running = await startServer(loadConfiguration(world.environment.variables));
  wire = new Wire(running);
}, 120_000);
afterAll(() => world.environment.remove());

describe('without a log that can be written', () => {
  it('no route to health information answers with data, whoever asks', async () => {
    const all = (await endpointsOf(running.platform)).filter(({ phi }) => phi);
    expect(all.length).toBeGreaterThan(10);
    for (const role of ['DOCTOR', 'RECEPTIONIST', 'CLINIC_ADMIN', 'PATIENT'] as const) {
      const header = await sessionOf(role);
      // Who is no patient anywhere has nothing of their own: an empty page without asking the database.
      const endpoints = all.filter(({ entry }) => entry === 'permission' || role === 'PATIENT');
      for (const endpoint of endpoints) {
        const { headers, ...request } = requestTo(
          endpoint,
          planted.foreign,
          // The planted record has been corrected once.
          endpoint.path.includes('medical-records') ? '"2"' : '"1"',
        );
        const answer = await wire.send({ ...request, headers: [header, ...headers] });
        const name = `${role} ${endpoint.method} ${endpoint.path}`;
        expect(answer.status, `${name} ${answer.text}`).toBeGreaterThanOrEqual(400);
        if (answer.body.code !== 'request-invalid')
          expect([answer.status, answer.body.code], name).toEqual([503, 'audit-unavailable']);
        const told = answer.text.toLowerCase();
        for (const marker of planted.markers) expect(told, name).not.toContain(marker);
      }
    }
  });

  it('nobody signs in, and refusals say that they could not be recorded', async () => {
    expect(await attempt(wire, emailOf('DOCTOR', 'south'), TEST_PASSWORD)).toMatchObject({
      status: 503,
      body: { code: 'audit-unavailable' },
    });
    expect(await attempt(wire, emailOf('DOCTOR', 'south'), 'wrong')).toMatchObject({ status: 503 });
    const anonymous = await wire.send({ method: 'GET', path: '/api/v1/patients', headers: [] });
    expect([anonymous.status, anonymous.body.code]).toEqual([503, 'audit-unavailable']);
  });

  it('nothing is written', async () => {
    wire.close();
    await running.stop();
    expect(
      await asOwnerOf(world.environment, (query) => digestOfClinic(query, planted.foreign.clinicId)),
    ).toEqual(before);
  });
});

/** A session from before the log was blinded. */
async function sessionOf(role: 'DOCTOR' | 'RECEPTIONIST' | 'CLINIC_ADMIN' | 'PATIENT') {
  const accountId = asAccountId(newId());
  const clinicId = asClinicId(planted.foreign.clinicId);
  const memberships = [{ clinicId, roles: [role] }];
  const rights = { platformRole: null, memberships };
  const token = await plantSession(running.platform, { accountId, rights, clinicId });
  return ['authorization', `Bearer ${token}`] as const;
}
