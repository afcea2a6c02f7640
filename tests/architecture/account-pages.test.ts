// The pages of the own account, as they are served: fields for passwords, and a way out.
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const FOLDER = join(resolve(import.meta.dirname, '../..'), 'apps/server/src/modules/account-pages/assets');
const pages = globSync('*.html', { cwd: FOLDER }).map((name) => ({ name, text: read(name) }));
const scripts = globSync('*.js', { cwd: FOLDER }).map((name) => ({ name, text: read(name) }));

/** Every field, with the page that it stands on. */
const fields = pages.flatMap(({ name, text }) =>
  [...text.matchAll(/<input\b[^>]*>/g)].map(([tag]) => ({ page: name, tag })),
);
const passwords = fields.filter(({ tag }) => /name="[^"]*password"/i.test(tag));

describe('a field for a password', () => {
  it('is there to be looked at', () => {
    expect(passwords.length).toBeGreaterThan(3);
  });

  it('masks what is typed', () => {
    expect(passwords.filter(({ tag }) => !tag.includes('type="password"'))).toEqual([]);
  });

  it('tells password managers whether the password is the present or a new one', () => {
    const known = /autocomplete="(?:current|new)-password"/;
    expect(passwords.filter(({ tag }) => !known.test(tag))).toEqual([]);
  });

  it('takes the longest password, and a pasted one', () => {
    for (const { tag } of passwords)
      expect(Number(/maxlength="(\d+)"/.exec(tag)?.[1])).toBeGreaterThanOrEqual(128);
    const hindering = /onpaste|oncopy|oncut|['"](?:paste|copy|cut|beforeinput)['"]/;
    expect([...pages, ...scripts].filter(({ text }) => hindering.test(text))).toEqual([]);
  });
});

describe('the page of somebody who is signed in', () => {
  it('begins with a way to sign out', () => {
    const own = read('account.html');
    const button = own.indexOf('<button type="button" id="sign-out">');
    expect(button).toBeGreaterThan(0);
    expect(own.slice(0, button)).not.toContain('hidden');
    expect(read('account.js')).toContain('sign-out');
  });
});

function read(name: string): string {
  return readFileSync(join(FOLDER, name), 'utf8');
}
