// The attacker has copied an access token, from a log of a proxy or the memory of a shared machine, and waits until its owner has
// signed out and gone home. The token is genuine and still minutes from its expiry. It must open nothing from the moment on which
// sign-out has answered, on any route, however many requests were under way.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTwoClinics } from '../../apps/server/test-harness/index.ts';
import { endpointsOf } from '../e2e/world/endpoint-table.ts';
import { emailOf, inNameOf, signIn } from '../e2e/world/people.ts';
import { absentTarget, requestTo } from '../e2e/world/requests.ts';
import { Wire } from '../e2e/world/wire.ts';

const ME = { method: 'GET', path: '/api/v1/users/me', headers: [] };
const SIGN_OUT = { method: 'POST', path: '/api/v1/auth/sign-out', headers: [] };

let server: Awaited<ReturnType<typeof startTwoClinics>>;
let wire: Wire;
beforeAll(async () => {
  server = await startTwoClinics();
  wire = new Wire(server.running);
});
afterAll(async () => {
  wire.close();
  await server.stop();
});

describe('a token whose owner has signed out', () => {
  it('opens no route that is not public', async () => {
    const doctor = await signIn(wire, emailOf('DOCTOR', 'north'));
    expect((await wire.send(inNameOf(doctor, ME))).status).toBe(200);
    expect((await wire.send(inNameOf(doctor, SIGN_OUT))).status).toBe(204);
    const endpoints = (await endpointsOf(server.running.platform)).filter(({ entry }) => entry !== 'public');
    for (const endpoint of endpoints) {
      const answer = await wire.send(inNameOf(doctor, requestTo(endpoint, absentTarget())));
      expect([answer.status, answer.body.code], endpoint.path).toEqual([401, 'authentication-session-ended']);
    }
  });

  it('opens nothing once sign-out has answered, whatever was under way', async () => {
    const doctor = await signIn(wire, emailOf('DOCTOR', 'north'));
    const during = Array.from({ length: 20 }, () => wire.send(inNameOf(doctor, ME)));
    await wire.send(inNameOf(doctor, SIGN_OUT));
    const after = await Promise.all(Array.from({ length: 20 }, () => wire.send(inNameOf(doctor, ME))));
    expect(after.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 401));
    for (const { status } of await Promise.all(during)) expect([200, 401]).toContain(status);
  });

  it('cannot be refreshed either, and leaves the other sessions of its owner alone', async () => {
    const [lost, kept] = [
      await signIn(wire, emailOf('DOCTOR', 'north')),
      await signIn(wire, emailOf('DOCTOR', 'north')),
    ];
    await wire.send(inNameOf(lost, SIGN_OUT));
    const refresh = {
      method: 'POST',
      path: '/api/v1/auth/refresh',
      headers: [],
      body: { refreshToken: lost.refreshToken },
    };
    expect(await wire.send(refresh)).toMatchObject({
      status: 401,
      body: { code: 'authentication-refresh-refused' },
    });
    expect((await wire.send(inNameOf(kept, ME))).status).toBe(200);
  });
});
