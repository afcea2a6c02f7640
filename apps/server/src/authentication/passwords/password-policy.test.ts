import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unguessableLength } from './context-words.ts';
import { PasswordPolicy } from './password-policy.ts';

const policy = new PasswordPolicy({ rule: 'length', breachedFile: undefined });
const seed = new PasswordPolicy({ rule: 'seed', breachedFile: undefined });
const ALONE = {
  words: ['Ada.Lovelace@example.org', 'Ada Lovelace', 'Northern Clinic'],
  hasSecondFactor: false,
};
const BESIDE = { ...ALONE, hasSecondFactor: true };

const codeOf = (work: Promise<void>) =>
  work.then(
    () => 'accepted',
    (error: { code: string }) => error.code,
  );

describe('length', () => {
  it.each([
    ['x7 qo vn2 pw zu', ALONE, 'accepted'],
    ['x7 qo vn2 pw z', ALONE, 'password-too-short'],
    ['x7 qo vn', BESIDE, 'accepted'],
    ['x7 qo v', BESIDE, 'password-too-short'],
    ['\u{1F40E}\u{1F50B}x7 qo vn2 pw9', ALONE, 'accepted'],
    ['\u{1F40E}\u{1F50B}x7 qo vn2 pw', ALONE, 'password-too-short'],
    ['ﬃ7 qo vn2 pw', ALONE, 'password-too-short'],
    ['ﬃ7 qo vn2 pw z', ALONE, 'accepted'],
  ])('%j', async (password, owner, outcome) => {
    expect(await codeOf(policy.rejectWeak(password, owner))).toBe(outcome);
  });

  it('ends at 128 characters', async () => {
    const long = Array.from({ length: 43 }, (_, n) => `${(n * 7_919) % 1_009}x`.padStart(3, 'q')).join('');
    expect(await codeOf(policy.rejectWeak(long.slice(0, 128), ALONE))).toBe('accepted');
    expect(await codeOf(policy.rejectWeak(long.slice(0, 129), ALONE))).toBe('password-too-long');
  });

  it('asks for no kind of character', async () => {
    expect(await codeOf(policy.rejectWeak('correct horse battery staple', ALONE))).toBe('accepted');
    expect(await codeOf(policy.rejectWeak('पासवर्ड के बजाय एक वाक्य', ALONE))).toBe('accepted');
  });

  it('names the field and the rule, and never the password', async () => {
    const error = await policy.rejectWeak('geheim', ALONE, 'password').catch((each: unknown) => each);
    expect(error).toMatchObject({
      faults: [{ path: 'password', message: 'must have at least 15 characters' }],
    });
    expect(JSON.stringify(error)).not.toContain('geheim');
  });
});

describe('known passwords', () => {
  it.each(['password1', 'PassWord1', 'P@ssw0rd', 'p4$$word!!', 'iloveyou!!', '1qaz2wsx', 'qwertyuiop'])(
    '%j is refused',
    async (password) => {
      expect(await codeOf(policy.rejectWeak(password, BESIDE))).toBe('password-known');
    },
  );

  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'careward-breached-'));
  });
  afterAll(() => rm(folder, { recursive: true }));
  const sha1 = (text: string) => createHash('sha1').update(text).digest('hex').toUpperCase();

  it('are those of the operator as well, as passwords or digests in any order', async () => {
    const file = join(folder, 'mixed');
    await writeFile(file, `Blue Lagoon Ferry\r\n${sha1('green lagoon ferry').toLowerCase()}:17\n`);
    const strict = new PasswordPolicy({ rule: 'length', breachedFile: file });
    for (const password of [
      'Blue Lagoon Ferry',
      'BLUE LAGOON FERRY',
      'green lagoon ferry',
      'Green Lagoon Ferry',
    ])
      expect(await codeOf(strict.rejectWeak(password, ALONE))).toBe('password-known');
    expect(await codeOf(strict.rejectWeak('red lagoon ferry', ALONE))).toBe('accepted');
  });

  it('are found in a sorted file that is too large to be read whole: each of its lines, and no other', async () => {
    const file = join(folder, 'large');
    const digests = Array.from({ length: 700_000 }, (_, n) => sha1(`x7 qo vn2 pw zu ${n}`)).toSorted();
    await writeFile(file, `${digests.map((digest, n) => `${digest}:${n}`).join('\n')}\n`);
    const strict = new PasswordPolicy({ rule: 'length', breachedFile: file });
    const of = (n: number) => codeOf(strict.rejectWeak(`x7 qo vn2 pw zu ${n}`, ALONE));
    for (let n = 0; n < 700_000; n += 6_131) expect(await of(n)).toBe('password-known');
    const ends = [digests[0], digests[1], digests.at(-1), digests.at(-2)];
    for (let n = 0; n < 700_000; n += 1)
      if (ends.includes(sha1(`x7 qo vn2 pw zu ${n}`))) expect(await of(n)).toBe('password-known');
    for (let n = 700_000; n < 700_100; n += 1) expect(await of(n)).toBe('accepted');
  });

  it('refuse every password when the list cannot be read', async () => {
    const strict = new PasswordPolicy({ rule: 'length', breachedFile: join(folder, 'absent') });
    expect(await codeOf(strict.rejectWeak('correct horse battery staple', ALONE))).toBe('ENOENT');
  });
});

describe('what can be guessed of the person', () => {
  it.each([
    'ada lovelace 123',
    '4d4 L0v3l4c3 !!!',
    'ecalevoL ada 2026',
    'Careward2026Careward',
    'c@r3w@rd c@r3w@rd',
    'northern clinic 1',
    'aaaaaaaaaaaaaaaaaa',
    'abcabcabcabcabcabc',
    'qwertzuiopasdfghjkl',
    'zxcvbnm0987654321qwert',
    'adaadaadaadaadaada',
  ])('%j is refused', async (password) => {
    expect(await codeOf(policy.rejectWeak(password, ALONE))).toBe('password-guessable');
  });

  it('leaves a sentence in which a name stands', async () => {
    expect(await codeOf(policy.rejectWeak('ada eats seven plums', ALONE))).toBe('accepted');
  });

  it('counts a known stretch as one character', () => {
    expect(unguessableLength('xxxxx', [])).toBe(2);
    expect(unguessableLength('adaq', ['ada'])).toBe(2);
    expect(unguessableLength('zq7#', [])).toBe(4);
  });

  it('takes the longest password at once', () => {
    const startedAt = performance.now();
    unguessableLength('ab'.repeat(64), ['ab', 'ba', 'aba']);
    unguessableLength('a'.repeat(128), ['aaa']);
    expect(performance.now() - startedAt).toBeLessThan(500);
  });
});

describe('the rule of older systems', () => {
  it.each([
    ['Xo7!qvnp', 'accepted'],
    ['Xo7!qvn', 'password-too-short'],
    ['xo7!qvnp', 'password-composition'],
    ['XO7!QVNP', 'password-composition'],
    ['Xoz!qvnp', 'password-composition'],
    ['Xo7zqvnp', 'password-composition'],
    [' Xo7!qvnp', 'password-composition'],
    ['Xo7! qvnp', 'accepted'],
    ['P@ssw0rd', 'password-known'],
    [`Xo7!${'qv np mz'.repeat(13)}`, 'password-too-long'],
  ])('%j: %s', async (password, outcome) => {
    expect(await codeOf(seed.rejectWeak(password, ALONE))).toBe(outcome);
  });
});
