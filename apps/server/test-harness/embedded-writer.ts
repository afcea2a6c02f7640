/**
 * A process to be killed: opens the embedded database of the directory given, writes numbered rows for ever, and prints each
 * number once it is acknowledged.
 */
import { writeSync } from 'node:fs';
import { sql } from 'kysely';
import { openDatabase } from '../src/connections/index.ts';
import { Database } from '../src/persistence/index.ts';
import { newClinicId, testClinicContext } from './contexts.ts';
import { createClinic } from './seeded-clinics.ts';

const [directory = ''] = process.argv.slice(2);
const database = new Database(await openDatabase({ kind: 'embedded', directory }));
const clinicId = newClinicId();
await createClinic(database, clinicId);
const clinic = database.forClinic(testClinicContext(clinicId));
for (let number = 1; ; number += 1) {
  // A row and its audit entry: both or neither must be there afterwards.
  await clinic.batch([
    sql`insert into practitioner (clinic_id, id, name) values (${clinicId}, gen_random_uuid(), ${String(number)})`.compile(
      clinic.build,
    ),
    clinic.build.insertInto('audit_entry').values({
      action: 'test',
      resource_type: 'practitioner',
      resource_id: String(number),
      outcome: 'success',
    }),
  ]);
  writeSync(1, `${clinicId} ${number}\n`);
}
