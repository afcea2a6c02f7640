import { type AccountId, asAccountId, asClinicId, asRequestId, type ClinicId, newId } from '@careward/kernel';
import { ClinicContext, type ClinicGrant, type IdentityContext } from '../src/request-context/index.ts';

/** A doctor treating, from a documentation address; everything can be overridden. */
export function testClinicContext(clinicId: ClinicId, overrides: Partial<ClinicGrant> = {}): ClinicContext {
  return ClinicContext.grant({
    ...testIdentityContext(),
    actorRole: 'DOCTOR',
    purpose: 'TREAT',
    scope: 'clinic',
    ...overrides,
    clinicId,
  });
}

/** An operator without a clinic; everything can be overridden. */
export function testIdentityContext(overrides: Partial<IdentityContext> = {}): IdentityContext {
  return {
    clinicId: null,
    actorId: null,
    actorRole: 'OPERATOR',
    purpose: null,
    origin: { requestId: asRequestId(newId()), address: '192.0.2.1', agent: 'test' },
    ...overrides,
  };
}

export function newClinicId(): ClinicId {
  return asClinicId(newId());
}

export function newAccountId(): AccountId {
  return asAccountId(newId());
}
