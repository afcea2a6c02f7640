import { randomBytes } from 'node:crypto';
import { ClinicRole, InvitationSent } from '@careward/api-schema';
import { faker } from '@faker-js/faker/locale/en';
import type { ApiClient } from '../client/api-client.ts';
import { DEMO_SEED } from './bundles/demo-bundles.ts';
import type { DemoMail } from './demo-mail.ts';
import { type Person, type SignedInPerson, signIn } from './sign-in.ts';

/** A clinic with one person for each role. */
export interface StaffedClinic {
  readonly id: string;
  readonly name: string;
  readonly people: ReadonlyMap<ClinicRole, SignedInPerson>;
}

/** Who makes the staff, a client that has not signed in, and where the staff's mail arrives. */
export interface Clients {
  readonly administrator: ApiClient;
  readonly nobody: ApiClient;
  readonly mail: DemoMail;
}

const PASSWORD_BYTES = 15;

/** The one account that is a patient in both clinics. */
export const PATIENT_EMAIL = 'patient@people.example';

/** A random password, good for the demonstration and nothing else: 120 bits. */
export function randomPassword(): string {
  return randomBytes(PASSWORD_BYTES).toString('base64url');
}

/** Makes one person for each of the twelve roles, through the API as the administrator. The patient is given, being of both clinics. */
export async function staffClinic(
  clients: Clients,
  clinic: { readonly id: string; readonly name: string },
  number: number,
  patient: Person | SignedInPerson,
): Promise<StaffedClinic> {
  faker.seed(DEMO_SEED + number);
  const people = new Map<ClinicRole, SignedInPerson>();
  for (const role of ClinicRole.options) {
    const name = `${faker.person.firstName()} ${faker.person.lastName()}`;
    const person =
      role === 'PATIENT' ? patient : { ...account(role, number), displayName: displayNameOf(role, name) };
    people.set(role, await admit(clients, clinic.id, person, role));
  }
  return { ...clinic, people };
}

/** Invites the person, who accepts by making an account, or with the one that they have from the other clinic. */
async function admit(
  { administrator, nobody, mail }: Clients,
  clinicId: string,
  person: Person | SignedInPerson,
  role: ClinicRole,
): Promise<SignedInPerson> {
  const { email, displayName, password } = person;
  await administrator.get(InvitationSent, {
    method: 'POST',
    path: '/api/v1/users/invitations',
    clinicId,
    body: { email, roles: [role] },
  });
  const code = await mail.code(email);
  const path = '/api/v1/invitations/accept';
  if ('client' in person) {
    await person.client.tell({ method: 'POST', path: `${path}-signed-in`, body: { code } });
    // The session from before is of the one clinic that there was.
    return await signIn(nobody, person);
  }
  await nobody.tell({ method: 'POST', path, body: { code, displayName, password } });
  return await signIn(nobody, person);
}

/** The person of this role. */
export function personOf({ people, name }: StaffedClinic, role: ClinicRole): SignedInPerson {
  const person = people.get(role);
  if (person === undefined) throw new RangeError(`no ${role} in ${name}`);
  return person;
}

function account(role: ClinicRole, number: number) {
  const local = role.toLowerCase().replaceAll('_', '.');
  return { email: `${local}@clinic-${number}.example`, password: randomPassword() };
}

function displayNameOf(role: ClinicRole, name: string): string {
  return role === 'DOCTOR' ? `Dr. ${name}` : name;
}
