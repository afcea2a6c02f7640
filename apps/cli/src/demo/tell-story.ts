import type { Narrator } from './narrator.ts';
import type { Scene } from './scene.ts';
import { patientVerifiesLog } from './steps/access-log.ts';
import {
  doctorReads,
  otherClinicFindsNothing,
  ownerSeesCiphertext,
  receptionistIsRefused,
} from './steps/reading.ts';
import { tokenIsNotEnough } from './steps/stolen-token.ts';
import { ownerAltersEntry, restoredLogIsWhole, verificationNamesEntry } from './steps/tampering.ts';

/** Shows step by step what Careward promises. Rejects with `cli-demo-step-failed` at the first that does not hold. */
export async function tellStory(scene: Scene, narrator: Narrator): Promise<void> {
  narrator.heading('Step by step');
  narrator.step(
    'A doctor reads a record',
    await doctorReads(scene),
    'who treats here reads here; the read is in the log before the answer leaves',
  );
  narrator.step(
    'The same diagnosis in the database',
    await ownerSeesCiphertext(scene),
    'whoever takes the database reads nothing: each field is sealed under a key of its own patient',
  );
  narrator.step(
    'A doctor of the other clinic asks for it',
    await otherClinicFindsNothing(scene),
    'clinics do not even learn what exists in another; the database itself holds them apart',
  );
  narrator.step(
    'A receptionist asks for the diagnosis',
    await receptionistIsRefused(scene),
    'a role opens what the work needs; the refusal is in the log as well',
  );
  narrator.step(
    'A token is stolen; then its session ends',
    await tokenIsNotEnough(scene),
    'a token opens nothing without its key, and a session ends for the very next request',
  );
  const seen = await patientVerifiesLog(scene);
  narrator.step(
    'The patient reads who looked, with proofs',
    seen,
    'each entry is in the signed log; the check trusts a public key, not the server',
  );
  const altered = await ownerAltersEntry(scene, seen.entryId);
  narrator.step('The owner of the database alters an entry', altered, 'nothing yet: SQL can change a row');
  narrator.step(
    'careward ledger verify',
    await verificationNamesEntry(scene, altered.entryId),
    'a changed entry no longer fits what was signed, and it is named',
  );
  narrator.step(
    'The entry is put back, and verified again',
    await restoredLogIsWhole(scene, altered),
    'the log says the truth again, and can show it',
  );
}
