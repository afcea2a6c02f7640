import { SetupResult } from '@careward/api-schema';
import type { ApiClient } from '../client/api-client.ts';
import { demoBundles } from './bundles/demo-bundles.ts';
import { busiestClinics, chooseClinics } from './choose-clinics.ts';
import { type Chosen, choosePatient } from './choose-patient.ts';
import type { DemoHome } from './demo-home.ts';
import type { DemoServer } from './demo-server.ts';
import type { Narrator } from './narrator.ts';
import {
  PATIENT_EMAIL,
  type Person,
  personOf,
  randomPassword,
  type StaffedClinic,
  signIn,
  staffClinic,
} from './staff.ts';
import { stepFailed } from './step-failed.ts';

/** Everything and everybody that the steps are about. */
export interface Scene extends Chosen {
  readonly server: DemoServer;
  readonly administrator: Person;
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
  const { running, client } = await server.start();
  narrator.ready('server', `${running.url}, TLS 1.3, trusting ${running.authorityFile ?? 'the machine'}`);
  const administrator = await createAdministrator(client, running.setupCode?.reveal());
  narrator.ready('administrator', 'made with the one-time code of the first start');
  const asAdministrator = await signIn(client, administrator);
  const clients = { administrator: asAdministrator, nobody: client };
  const { first, second } = await chooseClinics(asAdministrator, busiest);
  const patient = { email: PATIENT_EMAIL, password: randomPassword(), displayName: 'The patient' };
  const clinics = {
    first: await staffClinic(clients, first, 1, patient),
    second: await staffClinic(clients, second, 2, patient),
  };
  narrator.ready('staff', `12 roles in ${first.name} and in ${second.name}`);
  const chosen = await choosePatient(
    await doctorOf(client, clinics.first),
    await doctorOf(client, clinics.second),
  );
  await linkAccounts(client, clinics, chosen);
  narrator.ready(
    'patient',
    `${chosen.patient.mrn}, of ${chosen.elsewhere === undefined ? 'one clinic' : 'both clinics'}`,
  );
  return { server, administrator, ...clinics, ...chosen };
}

async function createAdministrator(client: ApiClient, code: string | undefined): Promise<Person> {
  if (code === undefined) throw stepFailed('set-up', 'a one-time code', 'there is an administrator already');
  const person = {
    email: 'administrator@careward.example',
    password: randomPassword(),
    displayName: 'Administrator',
  };
  await client.get(SetupResult, { method: 'POST', path: '/api/v1/setup', body: { code, ...person } });
  return person;
}

async function doctorOf(client: ApiClient, clinic: StaffedClinic) {
  return { id: clinic.id, doctor: await signIn(client, personOf(clinic, 'DOCTOR')) };
}

/** Each clinic's reception links its own row to the account, as it would with a person at the desk. */
async function linkAccounts(
  client: ApiClient,
  { first, second }: { readonly first: StaffedClinic; readonly second: StaffedClinic },
  { patient, elsewhere }: Chosen,
): Promise<void> {
  const rows = [
    { clinic: first, row: patient },
    ...(elsewhere === undefined ? [] : [{ clinic: second, row: elsewhere }]),
  ];
  for (const { clinic, row } of rows) {
    const receptionist = await signIn(client, personOf(clinic, 'RECEPTIONIST'));
    await receptionist.tell({
      method: 'PUT',
      path: `/api/v1/patients/${row.id}/account`,
      clinicId: clinic.id,
      purpose: 'HOPERAT',
      body: { email: PATIENT_EMAIL },
    });
  }
}
