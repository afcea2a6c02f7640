import { hash as argon2 } from '@node-rs/argon2';
import { hash as bcrypt } from '@node-rs/bcrypt';
import { describe, expect, it } from 'vitest';
import { FairQueue } from './fair-queue.ts';
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

  it('refuses with a time to come back when a flood has filled the line, and works again after it', async () => {
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

  it('changes a password while a flood of sign-ins fills its own line', async () => {
    const busy = new PasswordHasher({ concurrency: 1, queue: 20 });
    const ended: string[] = [];
    const flood = Array.from({ length: 40 }, () =>
      busy.matches('a guess', undefined).then(
        () => ended.push('guess'),
        () => 'refused',
      ),
    );
    const outcomes = Promise.all(flood);
    await busy.hash('my new password').then(() => ended.push('change'));
    expect(ended.indexOf('change')).toBeLessThanOrEqual(3);
    expect(await outcomes).toContain('refused');
  });
});

describe('hashes of older systems', () => {
  it.each(['2a', '2b', '2y'] as const)('$%s$ fits, and asks to be replaced', async (version) => {
    const old = await bcrypt('an old password', { cost: 4, version });
    expect(await hasher.check('an old password', old)).toEqual({ fits: true, isOutdated: true });
    expect((await hasher.check('another password', old)).fits).toBe(false);
  });

  it('takes the form in which it was typed, and NFKC', async () => {
    const typed = await bcrypt('Zoe\u0308 und ihr Pferd', { cost: 4 });
    const normalised = await bcrypt('Zo\u00eb und ihr Pferd', { cost: 4 });
    expect(await hasher.matches('Zoe\u0308 und ihr Pferd', typed)).toBe(true);
    expect(await hasher.matches('Zoe\u0308 und ihr Pferd', normalised)).toBe(true);
  });

  it('does not take another ending of a password that bcrypt had cut off', async () => {
    const cut = await bcrypt(`${'x'.repeat(72)} the true ending`, { cost: 4 });
    expect(await hasher.matches(`${'x'.repeat(72)} another ending`, cut)).toBe(false);
    const bytes = await bcrypt(`${'é'.repeat(36)}!`, { cost: 4 });
    expect(await hasher.matches(`${'é'.repeat(36)}?`, bytes)).toBe(false);
    expect(await hasher.matches('é'.repeat(36), await bcrypt('é'.repeat(36), { cost: 4 }))).toBe(true);
  });

  it('does not take what follows a NUL', async () => {
    const old = await bcrypt('short', { cost: 4 });
    expect(await hasher.matches('short\0 and more', old)).toBe(false);
  });

  it.each(['$2b$31$', '$2x$04$', '$2b$04$short', '$1$md5', '', 'plain text'])(
    'refuses %j without trying it',
    async (start) => {
      const encoded = start.length === 7 ? start + 'a'.repeat(53) : start;
      expect((await hasher.check('anything', encoded)).fits).toBe(false);
    },
  );
});

describe('parameters', () => {
  it('of earlier Argon2 ask to be replaced, those of today do not', async () => {
    const weak = await argon2('correct horse battery', { algorithm: 2, memoryCost: 8_192, timeCost: 2 });
    expect(await hasher.check('correct horse battery', weak)).toEqual({ fits: true, isOutdated: true });
    const other = await argon2('correct horse battery', { algorithm: 1, memoryCost: 19_456, timeCost: 2 });
    expect((await hasher.check('correct horse battery', other)).isOutdated).toBe(true);
    const today = await hasher.hash('correct horse battery');
    expect(await hasher.check('correct horse battery', today)).toEqual({ fits: true, isOutdated: false });
  });
});

describe('FairQueue', () => {
  it('gives a free place to each kind in turn, and never runs more than it may', async () => {
    const queue = new FairQueue<'a' | 'b' | 'c'>({ concurrency: 1, queue: 9 }, () => new Error('full'));
    const order: string[] = [];
    let running = 0;
    const work = (kind: 'a' | 'b' | 'c') =>
      queue.run(kind, async () => {
        running += 1;
        expect(running).toBe(1);
        await new Promise((resolve) => setImmediate(resolve));
        order.push(kind);
        running -= 1;
      });
    await Promise.all([...'aaaaaabbc'].map((kind) => work(kind as 'a')));
    expect(order.join('')).toBe('aabcabaaa');
  });
});
