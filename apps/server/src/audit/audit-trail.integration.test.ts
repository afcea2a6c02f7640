import { newId } from '@careward/kernel';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newAccountId, testClinicContext, testIdentityContext } from '../../test-harness/contexts.ts';
import { openTestDatabase, type TestDatabase } from '../../test-harness/database.ts';
import { type SeededClinic, seedTwoClinics } from '../../test-harness/seeded-clinics.ts';
import { AuditEntryRepository } from './audit-entry.repository.ts';
import { AuditTrail } from './audit-trail.ts';

let test: TestDatabase;
let trail: AuditTrail;
let a: SeededClinic;
let b: SeededClinic;
beforeAll(async () => {
  test = await openTestDatabase();
  ({ a, b } = await seedTwoClinics(test.database));
  trail = new AuditTrail(new AuditEntryRepository(test.database));
});
beforeEach(() => test.asOwner('truncate audit_entry cascade'));
afterAll(() => test.close());

const refused = {
  action: 'request.refused',
  resourceType: 'route',
  resourceId: 'GET /x',
  outcome: 'refused',
} as const;

function recorded() {
  const sequencer = test.database.forSequencer();
  return sequencer.run(
    sequencer.build.selectFrom('audit_entry').selectAll().where('action', '=', 'request.refused'),
  );
}

describe('the audit trail', () => {
  it('says who tried what, why it was refused and from where, also of nobody known', async () => {
    const actorId = newAccountId();
    const context = testIdentityContext({ actorId, actorRole: 'ACCOUNT' });
    await trail.record(context, { ...refused, reason: 'authorization-refused' });
    await trail.record(testIdentityContext({ actorRole: 'ANONYMOUS' }), refused);
    expect(await recorded()).toMatchObject([
      {
        actor_id: actorId,
        actor_role: 'ACCOUNT',
        reason: 'authorization-refused',
        address: '192.0.2.1',
        clinic_id: null,
      },
      { actor_id: null, actor_role: 'ANONYMOUS', reason: null, outcome: 'refused' },
    ]);
  });

  it('puts a refusal inside a clinic into the log of the patient it was about', async () => {
    const context = testClinicContext(a.clinicId, { actorRole: 'RECEPTIONIST' });
    await trail.recordInClinic(context, refused, { patientId: a.own.patientId });
    expect(await recorded()).toMatchObject([{ clinic_id: a.clinicId, patient_id: a.own.patientId }]);
  });

  it.each([
    ['a patient of another clinic', () => b.own.patientId],
    ['a patient who does not exist', () => newId()],
    ['no id at all', () => "'; drop table audit_entry; --"],
  ])('puts a refusal about %s into nobody’s log', async (_, patientId) => {
    await trail.recordInClinic(testClinicContext(a.clinicId), refused, { patientId: patientId() });
    expect(await recorded()).toMatchObject([{ clinic_id: a.clinicId, patient_id: null }]);
  });

  // Last, because it takes the rights of the database away.
  it('refuses the request when the entry cannot be written', async () => {
    await test.asOwner('revoke insert on audit_entry from careward_app, careward_identity');
    const unavailable = { code: 'audit-unavailable', retryAfterSeconds: 5 };
    await expect(trail.record(testIdentityContext(), refused)).rejects.toMatchObject(unavailable);
    const inClinic = trail.recordInClinic(testClinicContext(a.clinicId), refused, {});
    await expect(inClinic).rejects.toMatchObject(unavailable);
  });
});
