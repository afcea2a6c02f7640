import { type CompiledQuery, type RawBuilder, sql } from 'kysely';
import type { QueryBuilder } from '../persistence/index.ts';

/** What a read of PHI is called in the audit log. `Detail` are the columns that a join adds. */
export interface RecordedAccess<Detail = unknown> {
  /** For example `patient.read`. */
  readonly action: string;
  readonly resourceType: 'patient' | 'medical-record' | 'access-log';
  /** The id that was asked for; absent on lists and searches. */
  readonly resourceId?: string;
  /** The patient whose rows are asked for: an answer without rows concerns them as well. */
  readonly patientId?: string;
  /** Which column of the target names the patient. */
  readonly patientColumn: 'id' | 'patient_id';
  /** Which column of the target names the resource. */
  readonly resourceColumn?: 'id' | 'record_id' | 'patient_id';
  /** A join that adds to the target what is not an access of its own, and the columns it adds. */
  readonly detail?: { readonly columns: RawBuilder<Detail>; readonly join: RawBuilder<unknown> };
  /** The order of the target, repeated on the way out. */
  readonly order?: RawBuilder<unknown>;
}

/**
 * Makes a read that cannot happen without its audit entries: one statement that selects the target and appends one entry for
 * every row found, or one `not-found` entry when there is none. Still one round trip; if the entry is refused, so is the read.
 * A `not-found` entry names what was asked for if it can be an id of Careward's: a UUID of other make may be a patient's number
 * elsewhere, and an entry outlives its patient's erasure.
 */
export function recordedRead<T, Detail = unknown>(
  build: QueryBuilder,
  access: RecordedAccess<Detail>,
  target: { compile(): CompiledQuery<T>; toOperationNode(): unknown },
): { compile(): CompiledQuery<T & Detail> } {
  const resource = sql.ref(`target.${access.resourceColumn ?? 'id'}`);
  const patient = sql.ref(`target.${access.patientColumn}`);
  const statement = sql<T & Detail>`
    with target as materialized (${target as unknown as RawBuilder<T>}),
    trail as (
      insert into audit_entry (action, resource_type, resource_id, patient_id, outcome)
      select ${access.action}::text, ${access.resourceType}::text,
        coalesce(${resource}::text, ${ownIdOrNull(access.resourceId)}), coalesce(${patient}, ${knownPatient(access.patientId)}),
        case when ${resource} is null then 'not-found' else 'success' end
      from (select 1) as request left join target on true
    )
    select target.*${access.detail ? sql`, ${access.detail.columns}` : sql``} from target
      ${access.detail?.join ?? sql``} ${access.order ?? sql``}`;
  return { compile: () => statement.compile(build) };
}

/** An id as `newId` makes them: UUIDv7 (RFC 9562, 5.7), whose first 48 bits are the time of its making, from 2020 to 2101. */
const OWN_ID = '^0(1[7-9a-f]|2[0-9a-f]|3[0-9ab])[0-9a-f]{5}-[0-9a-f]{4}-7';

/** Decided by the database: in a statement that is written once, the id is not known yet. */
function ownIdOrNull(id: string | undefined): RawBuilder<string | null> {
  return id === undefined ? sql`null` : sql`case when ${id}::text ~ ${sql.lit(OWN_ID)} then ${id}::text end`;
}

/** The patient if the clinic, or the acting person, has it: an id from elsewhere leaves no trace. */
function knownPatient(id: string | undefined): RawBuilder<string | null> {
  return id === undefined ? sql`null` : sql`(select known.id from patient known where known.id = ${id})`;
}
