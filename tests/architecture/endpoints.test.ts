// The rights of the whole application on one page.
//
// endpoints.snapshot.txt has a line for every endpoint: who enters, with which permission, in a clinic or not, with a purpose of use or not,
// and how much body it reads. A changed line is a change of rights and is reviewed as one; `vitest -u` writes it.

import { phiPermissions, ROLES } from '@careward/access-policy';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfiguration } from '../../apps/server/src/config/index.ts';
import type { Endpoint } from '../../apps/server/src/describe-endpoints.ts';
import { openPlatform, type Platform } from '../../apps/server/src/platform/index.ts';
import { createTestEnvironment, type TestEnvironment } from '../../apps/server/test-harness/index.ts';
import { endpointLine, endpointsOf, parametersOf } from '../e2e/world/endpoint-table.ts';
import { probedApplication } from './endpoints-probe.ts';

let environment: TestEnvironment;
let platform: Platform;
let endpoints: Endpoint[];
beforeAll(async () => {
  environment = await createTestEnvironment();
  platform = await openPlatform(loadConfiguration(environment.variables));
  endpoints = await endpointsOf(platform);
});
afterAll(async () => {
  await platform.close();
  await environment.remove();
});

describe('the endpoints of the application', () => {
  it('are those of the reviewed list, with the same rights', async () => {
    const lines = endpoints.map(endpointLine).join('\n');
    await expect(`${lines}\n`).toMatchFileSnapshot('./endpoints.snapshot.txt');
  });

  it('all declare who may enter, and are served by a controller', () => {
    const open = endpoints.filter(({ entry, handler }) => entry === 'undeclared' || handler === null);
    expect(open.map(endpointLine)).toEqual([]);
  });

  it('need a clinic and a purpose wherever a permission reaches health information', () => {
    const lax = endpoints.filter(
      ({ permissions, clinicScoped, phi }) =>
        permissions.some((permission) => phiPermissions.has(permission)) && !(clinicScoped && phi),
    );
    expect(lax.map(endpointLine)).toEqual([]);
  });

  it('are inside a clinic wherever a permission reaches what the path names', () => {
    const named = endpoints.filter(
      (endpoint) => endpoint.entry === 'permission' && parametersOf(endpoint).length > 0,
    );
    const outside = named.filter(({ clinicScoped }) => !clinicScoped);
    expect(outside.map(({ method, path }) => `${method} ${path}`)).toEqual(OF_THE_PLATFORM);
  });

  it('have no rights on a route that anybody may enter', () => {
    const both = endpoints.filter(({ entry, permissions, clinicScoped, phi }) => {
      return (
        (entry === 'public' && (clinicScoped || phi)) || (entry !== 'permission' && permissions.length > 0)
      );
    });
    expect(both.map(endpointLine)).toEqual([]);
  });
});

/** What a permission of the platform reaches without a clinic. */
const OF_THE_PLATFORM: readonly string[] = ['DELETE /api/v1/users/:accountId'];

describe('a declaration is what opens a route', () => {
  let probe: Awaited<ReturnType<typeof probedApplication>>;
  beforeAll(async () => {
    probe = await probedApplication(platform);
  });
  afterAll(() => probe.app.close());

  it('so that one without any stands in the table as undeclared', async () => {
    const open = (await probe.describe()).filter(({ entry }) => entry === 'undeclared').map(endpointLine);
    expect(open).toEqual([
      expect.stringContaining('/api/v1/undeclared'),
      expect.stringMatching(/^GET .*\/beside-nest/),
      expect.stringMatching(/^HEAD .*\/beside-nest/),
    ]);
  });

  it.each(ROLES)('and is closed to %s', async (role) => {
    expect(await ask('/api/v1/undeclared', await probe.bearerOf(role))).toEqual([
      403,
      'authorization-undeclared',
    ]);
  });

  it('and is closed as HEAD and to nobody in particular', async () => {
    const headers = { authorization: await probe.bearerOf('SUPER_ADMIN') };
    expect((await probe.app.inject({ method: 'HEAD', url: '/api/v1/undeclared', headers })).statusCode).toBe(
      403,
    );
    expect((await probe.app.inject({ url: '/api/v1/undeclared' })).statusCode).toBe(401);
  });

  it.each(ROLES)('and one that names a role beside its permission decides about %s by both', async (role) => {
    const expected = role === 'DOCTOR' ? [200, undefined] : [403, 'authorization-refused'];
    expect(await ask('/api/v1/narrowed', await probe.bearerOf(role))).toEqual(expected);
  });

  async function ask(url: string, authorization: string): Promise<[number, string | undefined]> {
    const answer = await probe.app.inject({ url, headers: { authorization } });
    return [answer.statusCode, answer.json<{ code?: string }>().code];
  }
});
