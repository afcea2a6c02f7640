import { SetupResult } from '@careward/api-schema';
import type { ApiClient } from '../client/api-client.ts';
import { demoBundles } from './bundles/demo-bundles.ts';
import { busiestClinics, chooseClinics } from './choose-clinics.ts';
import { type Chosen, choosePatient } from './choose-patient.ts';
import type { DemoHome } from './demo-home.ts';
import { DemoMail } from './demo-mail.ts';
import type { DemoServer } from './demo-server.ts';
import type { Narrator } from './narrator.ts';
import { type SignedInPerson, signIn } from './sign-in.ts';
import {
  type Clients,
  PATIENT_EMAIL,
  personOf,
  randomPassword,
  type StaffedClinic,
  staffClinic,
} from './staff.ts';
import { stepFailed } from './step-failed.ts';

/** Everything and everybody that the steps are about. */
export interface Scene extends Chosen, Clinics {
  readonly server: DemoServer;
  readonly administrator: SignedInPerson;
}

interface Clinics {
  readonly first: StaffedClinic;
  readonly second: StaffedClinic;
}

/** What the scene is made with. */
export interface SceneParts {
  readonly home: DemoHome;
  readonly server: DemoServer;
  readonly narrator: Narrator;
  /** Bundles of the caller; none: the generated ones. */
  readonly files: readonly string[];
}

/** Imports the bundles, makes the administrator and the staff, and finds a patient to show. */
export async function setScene({ home, server, narrator, files }: SceneParts): Promise<Scene> {
  narrator.heading('Getting ready');
  narrator.ready('home', home.path);
  const imported = await server.importFiles(
    files.length > 0 ? files : await home.writeBundles(demoBundles()),
  );
  const { patients, medicalRecords, refusals } = imported;
  narrator.ready(
    'import',
    `${patients.created} patients with ${medicalRecords.created} records, ${refusals.length} refusals`,
  );
  const busiest = await server.asOwner(busiestClinics);
  const { running, client, publicUrl } = await server.start();
  narrator.ready('server', `${publicUrl}, TLS 1.3, trusting ${running.authorityFile ?? 'the machine'}`);
  const administrator = await createAdministrator(client, running.setupCode?.reveal());
  narrator.ready('administrator', 'made with the one-time code of the first start');
  const clients = { administrator: administrator.client, nobody: client, mail: new DemoMail(home.path) };
  const clinics = await staffClinics(clients, busiest);
  const { first, second } = clinics;
  narrator.ready(
    'staff',
    `12 roles in ${first.name} and in ${second.name}; all but the patient with an authenticator app`,
  );
  const chosen = await choosePatient(doctorOf(first), doctorOf(second));
  await linkAccounts(clinics, chosen);
  narrator.ready(
    'patient',
    `${chosen.patient.mrn}, of ${chosen.elsewhere === undefined ? 'one clinic' : 'both clinics'}`,
  );
  return { server, administrator, ...clinics, ...chosen };
}

/** Both clinics with their staff; the patient of the first is one of the second too. */
async function staffClinics(clients: Clients, busiest: readonly string[]): Promise<Clinics> {
  const { first, second } = await chooseClinics(clients.administrator, busiest);
  const patient = { email: PATIENT_EMAIL, password: randomPassword(), displayName: 'The patient' };
  const staffed = await staffClinic(clients, first, 1, patient);
  return { first: staffed, second: await staffClinic(clients, second, 2, personOf(staffed, 'PATIENT')) };
}

async function createAdministrator(client: ApiClient, code: string | undefined): Promise<SignedInPerson> {
  if (code === undefined) throw stepFailed('set-up', 'a one-time code', 'there is an administrator already');
  const person = {
    email: 'administrator@careward.example',
    password: randomPassword(),
    displayName: 'Administrator',
  };
  await client.get(SetupResult, { method: 'POST', path: '/api/v1/setup', body: { code, ...person } });
  return await signIn(client, person);
}

function doctorOf(clinic: StaffedClinic) {
  return { id: clinic.id, doctor: personOf(clinic, 'DOCTOR').client };
}

/** Each clinic's reception links its own row to the account, as it would with a person at the desk. */
async function linkAccounts({ first, second }: Clinics, { patient, elsewhere }: Chosen): Promise<void> {
  const rows = [
    { clinic: first, row: patient },
    ...(elsewhere === undefined ? [] : [{ clinic: second, row: elsewhere }]),
  ];
  for (const { clinic, row } of rows) {
    await personOf(clinic, 'RECEPTIONIST').client.tell({
      method: 'PUT',
      path: `/api/v1/patients/${row.id}/account`,
      clinicId: clinic.id,
      purpose: 'HOPERAT',
      body: { email: PATIENT_EMAIL },
    });
  }
}
