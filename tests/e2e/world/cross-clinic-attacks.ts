/** Attacks of one clinic's people on another clinic, made for every endpoint there is. */
import type { Endpoint } from '../../../apps/server/src/describe-endpoints.ts';
import { parametersOf } from './endpoint-table.ts';
import { requestTo, type Target } from './requests.ts';
import type { WireRequest } from './wire.ts';

/** A request as the attacker prepares it; `tokenClinicId` is the clinic that the access token names. */
export interface Forged {
  readonly request: WireRequest;
  readonly tokenClinicId: string;
}

/** One attack. It is made twice, with ids of the other clinic and with ids of nothing, and has to be answered alike. */
export interface Attack {
  readonly name: string;
  readonly endpoint: Endpoint;
  /** Whether success is a leak: the request asks for the other clinic and for nothing else. */
  readonly mustFail: boolean;
  readonly forge: (target: Target) => Forged;
}

type Forge = (request: WireRequest, clinicId: string, own: Target) => WireRequest;

const header =
  (...names: readonly string[]): Forge =>
  (request, id) => ({
    ...request,
    headers: [...names.map((name) => [name, id] as const), ...request.headers],
  });
const query =
  (name: string): Forge =>
  (request, id) => ({
    ...request,
    path: `${request.path}${request.path.includes('?') ? '&' : '?'}${name}=${id}`,
  });
const body =
  (add: (id: string) => object): Forge =>
  (request, id) => ({ ...request, body: { ...(request.body as object | undefined), ...add(id) } });
const text =
  (write: (id: string, own: string) => string): Forge =>
  (request, id, own) => ({ ...request, body: write(id, own.clinicId) });

/** The sources that may name a clinic, in both spellings; the token and the route are forged apart. */
const SOURCES: Readonly<Record<string, Forge>> = {
  'header X-Clinic-Id': header('x-clinic-id'),
  'header Clinic-Id': header('clinic-id'),
  'query clinicId': query('clinicId'),
  'query clinic_id': query('clinic_id'),
  'body clinicId': body((clinicId) => ({ clinicId })),
  'body clinic_id': body((clinic_id) => ({ clinic_id })),
};

/** Ways to name a clinic that no honest client takes. */
const ODDITIES: Readonly<Record<string, Forge>> = {
  'header repeated': (request, id, own) => ({
    ...request,
    headers: [['x-clinic-id', own.clinicId], ['x-clinic-id', id], ...request.headers],
  }),
  'header in both spellings': (request, id, own) => ({
    ...request,
    headers: [['x-clinic-id', own.clinicId], ['clinic-id', id], ...request.headers],
  }),
  'header list': (request, id, own) => header('x-clinic-id')(request, `${own.clinicId},${id}`, own),
  'header in capitals': (request, id, own) => header('X-CLINIC-ID')(request, id.toUpperCase(), own),
  'second authorization': (request) => ({
    ...request,
    headers: [...request.headers, ['authorization', 'Bearer a.b.c']],
  }),
  'query repeated': (request, id, own) =>
    query('clinicId')(query('clinicId')(request, own.clinicId, own), id, own),
  'query array': query('clinicId[]'),
  'query index': query('clinicId[0]'),
  'query __proto__': query('__proto__[clinicId]'),
  'query constructor': query('constructor[prototype][clinicId]'),
  'query in capitals': query('CLINICID'),
  'body array': body((id) => ({ clinicId: [id] })),
  'body operator': body((id) => ({ clinicId: { $eq: id } })),
  'body URN': body((id) => ({ clinicId: `urn:uuid:${id}` })),
  'body __proto__': text((id) => `{"__proto__":{"clinicId":"${id}"}}`),
  'body constructor': text((id) => `{"constructor":{"prototype":{"clinicId":"${id}"}}}`),
  'body repeated key': text((id, own) => `{"clinicId":"${own}","clinicId":"${id}"}`),
  'body is an array': text((id) => `[{"clinicId":"${id}"}]`),
};

const ID_PARAMETERS: ReadonlySet<string> = new Set([
  'patientId',
  'recordId',
  'practitionerId',
  'personEmail',
  'accountId',
  'invitationId',
]);

/** Every attack on one endpoint by somebody of the clinic `own`. */
export function attacksOn(endpoint: Endpoint, own: Target): Attack[] {
  return [
    ...clinicAttacks(endpoint, own),
    ...idAttacks(endpoint, own),
    ...oddAttacks(endpoint, own),
    ...verbAttacks(endpoint, own),
  ];
}

function clinicAttacks(endpoint: Endpoint, own: Target): Attack[] {
  const named = Object.entries(SOURCES)
    .filter(([name]) => takesBody(endpoint) || !name.startsWith('body'))
    .map(([name, forge]) => ({
      name,
      forge: (target: Target) => ({
        request: forge(requestTo(endpoint, { ...target, clinicId: own.clinicId }), target.clinicId, own),
        tokenClinicId: own.clinicId,
      }),
    }));
  const token = {
    name: 'token',
    forge: (target: Target) => ({ request: requestTo(endpoint, target), tokenClinicId: target.clinicId }),
  };
  const route = {
    name: 'route',
    forge: (target: Target) => ({ request: requestTo(endpoint, target), tokenClinicId: own.clinicId }),
  };
  const all = [...named, token, ...(parametersOf(endpoint).includes('clinicId') ? [route] : [])];
  return all.map((attack) => ({
    ...attack,
    endpoint,
    // An imported document is read as bytes after the guards: what it says of clinics is not looked at, and goes nowhere.
    mustFail: endpoint.clinicScoped && !(endpoint.body === 'import' && attack.name.startsWith('body')),
  }));
}

/** In the own clinic, for what belongs to the other one: each id alone, the others being the own. */
function idAttacks(endpoint: Endpoint, own: Target): Attack[] {
  const base = JSON.stringify(requestTo(endpoint, own));
  const used = [...ID_PARAMETERS].filter((name) => base.includes(memberOf(own, name)));
  const ids = used.map((name) => ({
    name: `id ${name}`,
    mustFail: true,
    forge: (target: Target) => forgedId(endpoint, { ...own, [name]: memberOf(target, name) }),
  }));
  const cursor = {
    name: 'cursor',
    // A cursor of another list begins nowhere: an empty page is no leak.
    mustFail: false,
    forge: (target: Target) => {
      const { request, tokenClinicId } = forgedId(endpoint, own);
      return { tokenClinicId, request: query('cursor')(request, target.patientId, own) };
    },
  };
  return [...ids, ...(endpoint.schemas.query === undefined ? [] : [cursor])].map((attack) => ({
    ...attack,
    endpoint,
  }));
}

function oddAttacks(endpoint: Endpoint, own: Target): Attack[] {
  return Object.entries(ODDITIES)
    .filter(([name]) => takesBody(endpoint) || !name.startsWith('body'))
    .map(([name, forge]) => ({
      name,
      endpoint,
      mustFail: false,
      forge: (target) => ({
        request: forge(requestTo(endpoint, { ...target, clinicId: own.clinicId }), target.clinicId, own),
        tokenClinicId: own.clinicId,
      }),
    }));
}

/** The same address under verbs that nobody declared, and HEAD where there is a GET. */
function verbAttacks(endpoint: Endpoint, own: Target): Attack[] {
  const verbs = endsTheCaller(endpoint)
    ? ['HEAD', 'PROPFIND', 'OPTIONS']
    : ['HEAD', 'DELETE', 'PROPFIND', 'OPTIONS'];
  return verbs.map((method) => ({
    name: `verb ${method}`,
    endpoint,
    mustFail: endpoint.clinicScoped && method !== 'HEAD',
    forge: (target) => ({
      request: {
        method,
        path: requestTo(endpoint, target).path,
        headers: [['x-clinic-id', target.clinicId]],
      },
      tokenClinicId: own.clinicId,
    }),
  }));
}

/** The own account is deleted, or all other sessions are ended, at these addresses: whoever does that attacks nobody any more. They name no clinic. */
export function endsTheCaller({ path }: Endpoint): boolean {
  return path.endsWith('/users/me') || path.endsWith('/auth/sessions');
}

function forgedId(endpoint: Endpoint, target: Target): Forged {
  return { request: requestTo(endpoint, target), tokenClinicId: target.clinicId };
}

function takesBody({ body: size, schemas }: Endpoint): boolean {
  return size === 'import' || schemas.body !== undefined;
}

function memberOf(target: Target, name: string): string {
  return (target as unknown as Record<string, string>)[name] ?? ''; // names come from ID_PARAMETERS
}
