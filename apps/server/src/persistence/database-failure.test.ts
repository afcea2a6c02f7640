import { CarewardError } from '@careward/kernel';
import { describe, expect, it } from 'vitest';
import { isRetryable, isUniqueViolation, toCarewardError, toConnectError } from './database-failure.ts';

describe('toCarewardError', () => {
  it.each([
    ['08006', 'persistence-unavailable'],
    ['53100', 'persistence-unavailable'],
    ['57P01', 'persistence-unavailable'],
    ['58030', 'persistence-unavailable'],
    ['XX001', 'persistence-unavailable'],
    ['57014', 'persistence-timeout'],
    ['55P03', 'persistence-timeout'],
    ['40001', 'persistence-conflict'],
    ['40P01', 'persistence-conflict'],
    ['42501', 'persistence-refused'],
    ['23505', 'persistence-constraint'],
    ['23503', 'persistence-constraint'],
    ['23502', 'persistence-value-rejected'],
    ['22001', 'persistence-value-rejected'],
    ['42703', 'persistence-statement-failed'],
    ['25P02', 'persistence-statement-failed'],
  ])('takes SQLSTATE %s for %s', (sqlState, code) => {
    expect(toCarewardError(databaseError(sqlState)).code).toBe(code);
  });

  it.each(['EPIPE', 'ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND'])('takes %s for a lost connection', (code) => {
    const error = toCarewardError(Object.assign(new Error('PRIVATE'), { code }));
    expect(error).toMatchObject({ code: 'persistence-unavailable', detail: code });
  });

  it('takes a fault of the code for what it is, without its text', () => {
    const error = toCarewardError(new TypeError('PRIVATE'));
    expect(error).toMatchObject({ code: 'persistence-statement-failed', detail: 'TypeError' });
  });

  it('leaves a CarewardError as it is', () => {
    const error = new CarewardError('some-code', { category: 'internal', publicMessage: '' });
    expect(toCarewardError(error)).toBe(error);
  });

  it('keeps the names of schema objects and drops message, detail and cause', () => {
    const error = toCarewardError(databaseError('23505', { table: 'patient', constraint: 'patient_pkey' }));
    expect(error.detail).toBe('SQLSTATE 23505 · patient · patient_pkey');
    expect(error.cause).toBeUndefined();
    expect(isUniqueViolation(error, 'patient_pkey')).toBe(true);
  });
});

describe('toConnectError', () => {
  it.each([
    ['22023', 'persistence-not-migrated'],
    ['42501', 'persistence-login-refused'],
    ['28P01', 'persistence-login-refused'],
    ['3D000', 'persistence-statement-failed'],
    ['53300', 'persistence-unavailable'],
  ])('takes SQLSTATE %s for %s', (sqlState, code) => {
    expect(toConnectError(databaseError(sqlState)).code).toBe(code);
  });
});

describe('isRetryable', () => {
  it('is so for serialization failures, deadlocks and stale plans only', () => {
    expect(
      ['40001', '40P01', '40003', '23505', '57014'].filter((code) => isRetryable(databaseError(code))),
    ).toEqual(['40001', '40P01']);
    expect(isRetryable(databaseError('0A000', { routine: 'RevalidateCachedQuery' }))).toBe(true);
    expect(isRetryable(databaseError('0A000'))).toBe(false);
    expect(isRetryable(toCarewardError(databaseError('08006')))).toBe(false);
  });
});

function databaseError(code: string, names: Record<string, string> = {}): Error {
  return Object.assign(new Error('PRIVATE'), { code, detail: 'PRIVATE', ...names });
}
