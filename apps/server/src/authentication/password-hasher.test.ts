import { describe, expect, it } from 'vitest';
import { PasswordHasher } from './password-hasher.ts';

const hasher = new PasswordHasher({ concurrency: 2, queue: 4 });

describe('PasswordHasher', () => {
  it('hashes with Argon2id and a salt of its own each time', async () => {
    const [one, two] = await Promise.all([
      hasher.hash('correct horse battery'),
      hasher.hash('correct horse battery'),
    ]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(one).not.toBe(two);
    expect(await hasher.matches('correct horse battery', one)).toBe(true);
    expect(await hasher.matches('Correct horse battery', one)).toBe(false);
  });

  it('takes the same password in another Unicode form', async () => {
    const composed = await hasher.hash('Zo\u00eb und ihr Pferd');
    expect(await hasher.matches('Zoe\u0308 und ihr Pferd', composed)).toBe(true);
  });

  it('refuses an account that does not exist, after the same work', async () => {
    expect(await hasher.matches('anything', undefined)).toBe(false);
  });

  it('refuses with a time to come back when a flood of sign-ins has filled the queue, and works again after it', async () => {
    const busy = new PasswordHasher({ concurrency: 1, queue: 2 });
    const flood = await Promise.allSettled(
      Array.from({ length: 10 }, () => busy.hash('correct horse battery')),
    );
    const refused = flood.filter((each) => each.status === 'rejected');
    expect(refused).toHaveLength(7);
    for (const { reason } of refused)
      expect(reason).toMatchObject({ code: 'authentication-busy', retryAfterSeconds: 5 });
    expect(await busy.hash('once more, please')).toContain('argon2id');
  });
});
