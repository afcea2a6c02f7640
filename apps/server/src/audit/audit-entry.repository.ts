import { isUuid } from '@careward/kernel';
import type { Database, QueryBuilder, Statement } from '../persistence/index.ts';
import type { ClinicContext, IdentityContext } from '../request-context/index.ts';
import type { AuditEvent } from './audit-event.ts';

/** The statement that appends an entry; who, when, why and from where are filled in by the database from the context. */
export function auditEntryInsert(build: QueryBuilder, event: AuditEvent, clinicId: string | null): Statement {
  return build.insertInto('audit_entry').values({ ...columnsOf(event), clinic_id: clinicId });
}

/** By what the patient is found whom an entry concerns: the own id, or that of a medical record. */
export interface ConcernedPatient {
  readonly patientId?: unknown;
  readonly recordId?: unknown;
}

/** Appends entries that belong to no other write. */
export class AuditEntryRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Appends an entry outside any clinic's rooms. */
  async append(context: IdentityContext, event: AuditEvent): Promise<void> {
    const identity = this.#database.forIdentity(context);
    await identity.run(auditEntryInsert(identity.build, event, context.clinicId));
  }

  /** Appends an entry inside a clinic; the patient of that clinic whom it concerns finds it in their own log. */
  async appendInClinic(
    context: ClinicContext,
    event: AuditEvent,
    concerned: ConcernedPatient,
  ): Promise<void> {
    const clinic = this.#database.forClinic(context);
    const patientId = isUuid(concerned.patientId) ? concerned.patientId : null;
    const recordId = isUuid(concerned.recordId) ? concerned.recordId : null;
    await clinic.run(
      clinic.build.insertInto('audit_entry').values((eb) => ({
        ...columnsOf(event),
        patient_id: eb.fn.coalesce(
          eb.selectFrom('patient').select('id').where('id', '=', patientId),
          eb.selectFrom('medical_record').select('patient_id').where('id', '=', recordId),
        ),
      })),
    );
  }
}

function columnsOf(event: AuditEvent) {
  return {
    action: event.action,
    resource_type: event.resourceType,
    resource_id: event.resourceId ?? null,
    outcome: event.outcome,
    reason: event.reason ?? null,
  };
}
