import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testIdentityContext } from '../../../test-harness/contexts.ts';
import { startTestServer, type TestServer } from '../../../test-harness/index.ts';
import { OperatorTarget } from './import-target.ts';

describe('the target of an operator’s import', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.stop());

  const target = () => {
    const { clinics, isolation } = server.running.platform;
    return new OperatorTarget(clinics, isolation, testIdentityContext());
  };
  const organization = (...sourceIds: string[]) => ({
    ref: sourceIds[0] ?? '',
    sourceIds,
    name: 'Mary',
    known: false,
  });

  it('makes one clinic of an organization, however many imports meet it at the same moment', async () => {
    const plan = organization('urn:uuid:11111111-1111-4111-8111-111111111111', 'npi|77');
    const destinations = await Promise.all([0, 1, 2, 3].map(() => target().destinationOf(plan)));
    expect(new Set(destinations.map(({ context }) => context.clinicId)).size).toBe(1);
    expect(destinations.filter(({ created }) => created)).toHaveLength(1);
  });

  it('knows a clinic under any of its ids, and no other', async () => {
    const { context } = await target().destinationOf(organization('npi|78', 'tax|78'));
    expect((await target().destinationOf(organization('tax|78'))).context.clinicId).toBe(context.clinicId);
    expect(await target().isKnownClinic('npi|78')).toBe(true);
    expect(await target().isKnownClinic('npi|79')).toBe(false);
  });

  it('acts as the operator for the work of the clinic, and in that clinic only', async () => {
    const { context } = await target().destinationOf(organization('npi|80'));
    expect(context).toMatchObject({
      actorId: null,
      actorRole: 'OPERATOR',
      purpose: 'HOPERAT',
      scope: 'clinic',
    });
  });
});
