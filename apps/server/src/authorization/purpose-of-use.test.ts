import { CARE_ROLES, ROLES } from '@careward/access-policy';
import { describe, expect, it } from 'vitest';
import { resolvePurpose } from './purpose-of-use.ts';

describe('the purpose of an access to health information', () => {
  it.each(ROLES.filter((role) => CARE_ROLES.has(role)))('goes without saying for %s: treatment', (role) => {
    expect(resolvePurpose(undefined, role, true)).toBe('TREAT');
    expect(resolvePurpose('HOPERAT', role, true)).toBe('HOPERAT');
  });

  it('is the own request of a patient', () => {
    expect(resolvePurpose(undefined, 'PATIENT', true)).toBe('PATRQT');
  });

  it.each(ROLES.filter((role) => !CARE_ROLES.has(role) && role !== 'PATIENT'))(
    'has to be stated by %s',
    (role) => {
      expect(() => resolvePurpose(undefined, role, true)).toThrow(
        expect.objectContaining({ code: 'purpose-of-use-required' }),
      );
      expect(resolvePurpose('hpaymt', role, true)).toBe('HPAYMT');
      expect(resolvePurpose(undefined, role, false)).toBeNull();
    },
  );

  it('has to be a known code', () => {
    for (const stated of ['', 'curiosity', 'TREAT,HOPERAT', 'constructor', '__proto__']) {
      expect(() => resolvePurpose(stated, 'DOCTOR', true)).toThrow(
        expect.objectContaining({ code: 'purpose-of-use-unknown' }),
      );
    }
  });
});
