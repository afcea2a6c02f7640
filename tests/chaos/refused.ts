import { expectStatus, patiently } from './answers.ts';
import type { Desk } from './expectation.ts';
import type { Journal } from './journal.ts';

/** One of the requests that are refused, or a sign-in: `roll`, from 87 to 100, says which. */
export async function tryWhatIsRefused(
  desk: Desk,
  roll: number,
  recordId: string,
  journal: Journal,
): Promise<void> {
  const refused = { action: 'request.refused', outcome: 'refused' };
  const own = `/api/v1/medical-records/${recordId}`;
  if (roll <= 90) {
    const answer = await patiently(() => desk.receptionist.get(own));
    expectStatus(answer, 403);
    return journal.note(answer, refused);
  }
  if (roll <= 94) {
    const answer = await patiently(() => desk.doctor.get(`/api/v1/medical-records/${desk.foreignRecordId}`));
    expectStatus(answer, 404);
    const resourceId = desk.foreignRecordId;
    return journal.note(answer, { action: 'medical-record.read', outcome: 'not-found', resourceId });
  }
  if (roll <= 97) {
    const answer = await patiently(() => desk.nobody.get(own));
    expectStatus(answer, 401);
    return journal.note(answer, refused);
  }
  const password = roll === 98 ? 'not the right password' : desk.password;
  const signIn = () => desk.nobody.post('/api/v1/auth/sign-in', { email: desk.visitorEmail, password });
  const answer = await patiently(signIn);
  expectStatus(answer, roll === 98 ? 401 : 200);
  journal.note(answer, roll === 98 ? refused : { action: 'session.create', outcome: 'success' });
}
