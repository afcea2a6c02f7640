import { describe, expect, it } from 'vitest';
import { CarewardError, errorTable } from './index.ts';

const { codes, error } = errorTable({
  'sample-refused': { category: 'forbidden', publicMessage: 'You may not do this.' },
});

describe('CarewardError', () => {
  it('keeps detail and cause out of JSON', () => {
    const made = error('sample-refused', { detail: 'PRIVATE', cause: new Error('PRIVATE') });
    expect(JSON.parse(JSON.stringify(made))).toEqual({
      code: 'sample-refused',
      category: 'forbidden',
      message: 'You may not do this.',
    });
  });

  it('carries public faults and the time to wait', () => {
    const faults = [{ path: 'name', message: 'is required' }];
    const made = error('sample-refused', { faults, retryAfterSeconds: 0 });
    expect(JSON.parse(JSON.stringify(made))).toMatchObject({ faults, retryAfterSeconds: 0 });
  });

  it('is an Error with the code, the category and the cause', () => {
    const cause = new Error('why');
    const made = error('sample-refused', { detail: 'for the log', cause });
    expect(made).toBeInstanceOf(CarewardError);
    expect(made).toMatchObject({
      code: 'sample-refused',
      category: 'forbidden',
      detail: 'for the log',
      cause,
    });
    expect(made.message).toBe(codes['sample-refused'].publicMessage);
    expect(made.stack).toContain('CarewardError');
  });
});

describe('errorTable', () => {
  it.each(['Upper-case', 'single', 'under_score-x', '-x', 'x-', 'a b-c'])(
    'refuses the code %j at load',
    (code) => {
      expect(() => errorTable({ [code]: { category: 'internal', publicMessage: '' } })).toThrow(TypeError);
    },
  );

  it('refuses a code it does not hold, inherited names included', () => {
    expect(() => error('toString' as 'sample-refused')).toThrow(TypeError);
  });
});
