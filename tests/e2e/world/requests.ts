/** A well-formed request to any endpoint, so that a refusal is about rights and never about form. */
import { randomUUID } from 'node:crypto';
import { newId } from '@careward/kernel';
import type { z } from 'zod';
import type { Endpoint } from '../../../apps/server/src/describe-endpoints.ts';
import type { WireRequest } from './wire.ts';

/** What requests name: ids of one clinic, or ids of nothing. */
export interface Target {
  readonly clinicId: string;
  readonly patientId: string;
  readonly recordId: string;
  readonly practitionerId: string;
  readonly personEmail: string;
  /** An invitation that can be withdrawn, and the code of one that can be accepted; without one, requests carry none that is. */
  readonly invitationId: string;
  readonly invitationCode?: string;
  /** Somebody of the clinic who plays no other part. */
  readonly accountId: string;
}

/** A target of which nothing exists. */
export function absentTarget(): Target {
  const personEmail = `${randomUUID()}@absent.example.org`;
  return {
    clinicId: newId(),
    patientId: newId(),
    recordId: newId(),
    practitionerId: newId(),
    invitationId: newId(),
    accountId: newId(),
    personEmail,
  };
}

/** A bundle of one patient, as another system exports it. */
function importBundle() {
  const patient = {
    resourceType: 'Patient',
    id: randomUUID(),
    name: [{ text: 'Imported Person' }],
    birthDate: '1980-02-29',
  };
  return { resourceType: 'Bundle', type: 'collection', entry: [{ resource: patient }] };
}

/** What a browser answers with a passkey that nobody has. */
const ASSERTION = {
  id: 'AAAA',
  rawId: 'AAAA',
  type: 'public-key',
  response: { clientDataJSON: 'e30', authenticatorData: 'AAAA', signature: 'AAAA' },
  clientExtensionResults: {},
};
const REGISTRATION = { ...ASSERTION, response: { clientDataJSON: 'e30', attestationObject: 'AAAA' } };

const PASSWORD = 'a password nobody has';
const VISIT = { diagnosis: 'Cough', treatment: 'Rest' };

/** A body for each schema that a route may read, by the schema's name. */
const BODIES: Readonly<Record<string, (target: Target) => object>> = {
  SetupRequest: () => ({
    code: 'wrong',
    email: 'setup@example.org',
    password: PASSWORD,
    displayName: 'Nobody',
  }),
  SignInRequest: () => ({ email: 'unknown@example.org', password: PASSWORD }),
  SecondFactorProof: () => ({ challenge: 'none', code: '000000' }),
  EnrolmentBegin: () => ({ challenge: 'none' }),
  EnrolmentConfirm: () => ({ challenge: 'none', code: '000000' }),
  Reauthentication: () => ({ password: PASSWORD }),
  TotpConfirm: () => ({ code: '000000' }),
  OpenidStart: () => ({}),
  OpenidFinish: () => ({ transaction: 'A'.repeat(74), code: 'none', state: 'none' }),
  OpenidLinkFinish: () => ({ transaction: 'A'.repeat(74), code: 'none', state: 'none' }),
  TokenKeyRotationRequest: () => ({ withdraw: false }),
  PasskeySignInRequest: () => ({ response: ASSERTION }),
  PasskeyChallengeRequest: () => ({ challenge: 'none' }),
  PasskeySecondFactorRequest: () => ({ challenge: 'none', response: ASSERTION }),
  PasskeyEnrolmentRequest: () => ({ challenge: 'none', label: 'Key', response: REGISTRATION }),
  PasskeyCreate: () => ({ label: 'Key', response: REGISTRATION }),
  PasskeyProof: () => ({ response: ASSERTION }),
  RefreshRequest: () => ({ refreshToken: 'none' }),
  InvitationCreate: () => ({ email: `${randomUUID()}@new.example.org`, roles: ['NURSE'] }),
  InvitationAccept: () => ({ code: 'none', displayName: 'New User', password: PASSWORD }),
  InvitationAcceptSignedIn: ({ invitationCode = 'none' }) => ({ code: invitationCode }),
  RegistrationCreate: ({ clinicId }) => ({
    clinicId,
    email: `${randomUUID()}@new.example.org`,
  }),
  RegistrationVerify: () => ({ code: 'none', displayName: 'New Patient', password: PASSWORD }),
  PasswordResetRequest: () => ({ email: `${randomUUID()}@absent.example.org` }),
  PasswordResetConfirm: () => ({ code: 'none', newPassword: `${PASSWORD} else` }),
  EmailChange: () => ({ email: `${randomUUID()}@new.example.org` }),
  EmailConfirm: () => ({ code: 'none' }),
  UserRoles: () => ({ roles: ['NURSE', 'PATIENT'] }),
  UserStatus: () => ({ status: 'active' }),
  MeUpdate: () => ({ displayName: 'Another Name' }),
  ClinicSettings: () => ({ selfRegistration: false }),
  PasswordChange: () => ({ currentPassword: PASSWORD, newPassword: `${PASSWORD} else` }),
  ClinicCreate: () => ({ name: 'Another Clinic' }),
  PatientCreate: () => ({ name: { text: 'New Patient' }, birthDate: '1990-01-01' }),
  PatientUpdate: () => ({ gender: 'other' }),
  PatientSearch: () => ({ name: 'Ada Lovelace' }),
  PatientAccountLink: ({ personEmail }) => ({ email: personEmail }),
  MedicalRecordCreate: ({ practitionerId }) => ({
    ...VISIT,
    visitStart: '2026-03-02T09:00:00Z',
    practitionerId,
  }),
  MedicalRecordCorrection: () => ({ ...VISIT, reason: 'Misheard' }),
};

/** Queries that a schema requires; all other query parameters are optional. */
const QUERIES: Readonly<Record<string, string>> = { LedgerConsistencyQuery: 'from=1&to=1' };

/** A request to an endpoint that names a target in path and body. A route with an unknown parameter or body fails here: add it. */
export function requestTo(endpoint: Endpoint, target: Target, ifMatch = '"1"'): WireRequest {
  const query = QUERIES[nameOf(endpoint.schemas.query)];
  const path = endpoint.path.replace(/:(\w+)/g, (_, name: string) => parameter(target, name));
  const body = bodyFor(endpoint, target);
  return {
    method: endpoint.method,
    path: query === undefined ? path : `${path}?${query}`,
    headers: [
      ['x-purpose-of-use', 'HOPERAT'],
      ['if-match', ifMatch],
    ],
    ...(body !== undefined && { body }),
  };
}

function bodyFor(endpoint: Endpoint, target: Target): object | undefined {
  if (endpoint.body === 'import') return importBundle();
  if (endpoint.schemas.body === undefined) return undefined;
  const sample = BODIES[nameOf(endpoint.schemas.body)];
  if (sample === undefined) throw new Error(`no sample body for ${endpoint.handler}`);
  return sample(target);
}

/** Parameters that name nothing of a target: anything well formed. */
const OTHER_PARAMETERS: Readonly<Record<string, string>> = {
  provider: 'none',
  credentialId: 'AAAA',
  sessionId: '00000000-0000-4000-8000-000000000000',
  deviceId: '00000000-0000-4000-8000-000000000000',
  file: 'none.js',
};

function parameter(target: Target, name: string): string {
  const value = (target as unknown as Record<string, string>)[name] ?? OTHER_PARAMETERS[name]; // the names of parameters are the names of its members
  if (value === undefined) throw new Error(`no target for the parameter ${name}`);
  return value;
}

function nameOf(schema: unknown): string {
  return (schema as z.ZodType | undefined)?.meta()?.id ?? '';
}
