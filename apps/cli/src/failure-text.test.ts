import { errorTable } from '@careward/kernel';
import { expect, test } from 'vitest';
import { cliErrors } from './cli.errors.ts';
import { RefusedByServer } from './client/refused-by-server.ts';
import { failureText } from './failure-text.ts';

const roomErrors = errorTable({
  'room-broken': { category: 'internal', publicMessage: 'The room is broken.' },
});

test('an operator’s error shows message, code, detail and what to do', () => {
  const text = failureText(cliErrors.error('cli-file-unreadable', { detail: '/x: ENOENT' }), false).join(
    '\n',
  );
  expect(text).toMatch(
    /^error: A file cannot be read\. \[cli-file-unreadable\]\n {2}\/x: ENOENT\n\nwhat to do:\n {2}\S/,
  );
});

test('the detail of any other error stays private', () => {
  const text = failureText(roomErrors.error('room-broken', { detail: 'diagnosis: flu' }), false).join('\n');
  expect(text).toBe('error: The room is broken. [room-broken]');
});

test('every fault is listed, and the detail that repeats them is not', () => {
  const faults = [
    { path: 'A', message: 'is wrong' },
    { path: 'LONGER', message: 'is missing' },
  ];
  const lines = failureText(cliErrors.error('cli-input-missing', { faults, detail: 'repeats' }), false);
  expect(lines.slice(1, 3)).toEqual(['  A       is wrong', '  LONGER  is missing']);
  expect(lines.join('\n')).not.toContain('repeats');
});

test('of an error without a code neither text nor stack is shown', () => {
  const text = failureText(new TypeError('patient Ann Lee'), false).join('\n');
  expect(text).toContain('TypeError');
  expect(text).not.toContain('Ann Lee');
  expect(text).not.toContain('    at ');
});

test('with debug the stack of the error and of its causes follows', () => {
  const error = cliErrors.error('cli-unexpected', { cause: new TypeError('inner') });
  const text = failureText(error, true).join('\n');
  expect(text).toContain('TypeError: inner');
  expect(text).toMatch(/\n {4}at /);
});

test('a refusal of the server shows its code, faults and reference', () => {
  const problem = {
    type: 'about:blank',
    title: 'Refused',
    status: 422,
    code: 'request-invalid',
    reference: 'r-1',
    faults: [{ path: 'email', message: 'must be an e-mail address' }],
  };
  const text = failureText(new RefusedByServer(422, problem), false).join('\n');
  expect(text).toContain('[request-invalid]');
  expect(text).toContain('  email  must be an e-mail address');
  expect(text).toContain('reference r-1');
});

test('a code that is no code reads no file', () => {
  const problem = { type: 'about:blank', title: 'x', status: 400, code: '../../../etc/passwd' };
  expect(failureText(new RefusedByServer(400, problem), false)).toHaveLength(1);
});
