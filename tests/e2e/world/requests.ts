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
  /** A join code that is good; without one, requests carry none that is. */
  readonly joinCode?: string;
}

/** A target of which nothing exists. */
export function absentTarget(): Target {
  const personEmail = `${randomUUID()}@absent.example.org`;
  return { clinicId: newId(), patientId: newId(), recordId: newId(), practitionerId: newId(), personEmail };
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
  RefreshRequest: () => ({ refreshToken: 'none' }),
  UserCreate: () => ({
    email: `${randomUUID()}@new.example.org`,
    displayName: 'New User',
    password: PASSWORD,
    roles: ['NURSE'],
  }),
  UserJoin: ({ joinCode = 'none' }) => ({ code: joinCode, roles: ['NURSE'] }),
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

function parameter(target: Target, name: string): string {
  const value = (target as unknown as Record<string, string>)[name]; // the names of parameters are the names of its members
  if (value === undefined) throw new Error(`no target for the parameter ${name}`);
  return value;
}

function nameOf(schema: unknown): string {
  return (schema as z.ZodType | undefined)?.meta()?.id ?? '';
}
