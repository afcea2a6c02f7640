import { expect, test } from 'vitest';
import type { Questioner } from '../ask.ts';
import type { Terminal } from '../terminal.ts';
import { publicUrlOf, setUpAdministrator } from './user-setup.ts';

const terminal: Terminal = {
  environment: {},
  out: () => undefined,
  note: () => undefined,
  outIsTty: false,
  noteIsTty: false,
};
/** Nothing listens at port 1: what gets there was complete. */
const url = 'http://127.0.0.1:1';

test('what a person is asked for completes the set-up', async () => {
  const asked: string[] = [];
  const answers = ['the code', 'root@example.org', 'Root'];
  const person = questioner({ ask: async (question) => answers[asked.push(question) - 1] ?? '' });
  await expect(setUpAdministrator({ url }, terminal, person)).rejects.toMatchObject({
    code: 'cli-server-unreachable',
  });
  expect(asked).toEqual(['Set-up code: ', 'E-mail address: ', 'Name: ']);
});

test('two different passwords are sent to nobody', async () => {
  const typed = ['correct horse battery staple', 'correct horse battery stable'];
  const person = questioner({ ask: async () => 'x@example.org', askHidden: async () => typed.shift() ?? '' });
  await expect(setUpAdministrator({ url }, terminal, person)).rejects.toMatchObject({
    code: 'cli-input-missing',
    faults: [{ path: 'password', message: 'was typed differently twice' }],
  });
});

test('without a person, what is missing is named by its option', async () => {
  const nobody = questioner({ interactive: false });
  await expect(setUpAdministrator({ url, code: 'c' }, terminal, nobody)).rejects.toMatchObject({
    code: 'cli-input-missing',
    detail: '--email',
  });
});

test('every rule that is broken is listed, and no value', async () => {
  const nobody = questioner({ interactive: false, readLine: async () => 'short' });
  const broken = setUpAdministrator({ url, code: 'c', email: 'no address', name: 'Root' }, terminal, nobody);
  await expect(broken).rejects.toMatchObject({
    faults: [
      { path: 'email', message: 'must be an e-mail address' },
      { path: 'password', message: 'must have at least 8 characters' },
    ],
  });
});

test.each(['http://careward.example', 'ftp://127.0.0.1', 'http://127.0.0.1.evil.example', 'nonsense'])(
  'no password goes to %s, which anybody on the way could read',
  async (open) => {
    const asked = setUpAdministrator(
      { url: open, code: 'c', email: 'a@b.example', name: 'A' },
      terminal,
      questioner({}),
    );
    await expect(asked).rejects.toMatchObject({ code: 'cli-server-not-trusted' });
  },
);

const configured = {
  CAREWARD_HOME: '/home/of/careward',
  CAREWARD_PORT: '9443',
  CAREWARD_PUBLIC_URL: 'https://careward.example.org',
};
const authority = '/home/of/careward/tls/authority.crt';

test.each([
  ['the one of this home', {}, configured, 'https://careward.example.org'],
  [
    'the one of this home, by its address',
    { url: 'https://127.0.0.1:9443', ca: 'copied.crt' },
    configured,
    'https://careward.example.org',
  ],
  [
    'the one of this home, by its authority',
    { url: 'https://10.0.0.7:9443', ca: authority },
    configured,
    'https://careward.example.org',
  ],
  ['another one', { url: 'https://10.0.0.7', ca: 'its.crt' }, configured, 'https://10.0.0.7'],
  [
    'another one, from a machine that is not set up',
    { url: 'https://10.0.0.7', ca: 'its.crt' },
    { CAREWARD_PORT: 'nonsense' },
    'https://10.0.0.7',
  ],
])('people sign in where they reach the server: %s', async (_which, options, environment, expected) => {
  expect(await publicUrlOf(options, environment)).toBe(expected);
});

function questioner(parts: Partial<Questioner>): Questioner {
  const password = async () => 'correct horse battery staple';
  return { interactive: true, ask: password, askHidden: password, readLine: password, ...parts };
}
