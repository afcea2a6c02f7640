import { type AccountId, type ClinicId, newId, type SessionId } from '@careward/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CarewardRequest, initialRequestState, type Principal } from '../request-context/index.ts';
import { takeClinicIds } from './clinic-id-sources.ts';
import { ClinicIsolationService } from './clinic-isolation.service.ts';

const isolation = new ClinicIsolationService();
const [own, second, foreign] = [newId<ClinicId>(), newId<ClinicId>(), newId<ClinicId>()];

interface Named {
  header?: unknown;
  query?: unknown;
  token?: ClinicId;
  route?: unknown;
  body?: unknown;
}

function principalOf(named: Named): Principal {
  return {
    accountId: newId<AccountId>(),
    sessionId: newId<SessionId>(),
    platformRole: null,
    memberships: [own, second].map((clinicId) => ({ clinicId, roles: ['DOCTOR' as const] })),
    tokenClinicId: named.token ?? null,
    methods: ['pwd'],
    provenAt: 0,
    needsProof: false,
    keyThumbprint: null,
    client: 'api',
  };
}

function requestNaming(named: Named): CarewardRequest {
  const careward = initialRequestState({ requestId: newId(), address: '192.0.2.1', agent: '' });
  careward.principal = principalOf(named);
  const container = (value: unknown) => (value === undefined ? {} : { clinicId: value });
  return {
    headers: named.header === undefined ? {} : { 'x-clinic-id': named.header },
    query: container(named.query),
    params: container(named.route),
    body: container(named.body),
    careward,
  } as unknown as CarewardRequest; // the parts of a Fastify request that the sources read
}

const clinicOf = (named: Named) => isolation.requireClinic(requestNaming(named), principalOf(named));
const sources = ['header', 'query', 'token', 'route', 'body'] as const;

describe('the clinic of a request', () => {
  it.each(sources)('may be named by the %s alone', (source) => {
    expect(clinicOf({ [source]: own })).toBe(own);
  });

  it.each(sources)('is not found when the %s names a foreign one', (source) => {
    expect(() => clinicOf({ [source]: foreign })).toThrow(
      expect.objectContaining({ code: 'clinic-not-found' }),
    );
  });

  it.each(['header', 'query', 'route', 'body'] as const)('is refused when the %s names no id', (source) => {
    for (const value of ['*', '', '0', `${own},${own}`, [own], { $ne: null }, 1, true]) {
      expect(() => clinicOf({ [source]: value })).toThrow(
        expect.objectContaining({ code: 'clinic-malformed' }),
      );
    }
  });

  it('has to be named', () => {
    expect(() => clinicOf({})).toThrow(expect.objectContaining({ code: 'clinic-required' }));
  });

  it('is the same in either spelling of the id', () => {
    expect(clinicOf({ header: own.toUpperCase(), body: own })).toBe(own);
  });

  it('is refused whenever two sources differ, and never foreign, whatever the sources say', () => {
    const clinic = fc.option(fc.constantFrom(own, second, foreign), { nil: undefined });
    const naming = fc.record({ header: clinic, query: clinic, token: clinic, route: clinic, body: clinic });
    fc.assert(
      fc.property(naming, (named) => {
        const said = new Set(Object.values(named).filter((value) => value !== undefined));
        const answer = () => clinicOf(named as Named);
        if (said.size === 1 && !said.has(foreign)) expect(said.has(answer())).toBe(true);
        else expect(answer).toThrow();
      }),
    );
  });

  it('is not taken from the prototype of a body', () => {
    const request = requestNaming({});
    Object.assign(request, { body: Object.create({ clinicId: own }) });
    const principal = principalOf({});
    expect(() => isolation.requireClinic(request, principal)).toThrow(
      expect.objectContaining({ code: 'clinic-required' }),
    );
  });

  it('is taken out of query and body once it is checked, so that rooms see their own fields only', () => {
    const request = requestNaming({ query: own, body: own });
    takeClinicIds(request);
    expect([request.query, request.body]).toEqual([{}, {}]);
  });
});
