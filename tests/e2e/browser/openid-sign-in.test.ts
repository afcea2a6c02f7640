import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  linkIdentity,
  type OpenidWorld,
  openOpenidWorld,
} from '../../../apps/server/test-harness/openid-world.ts';
import { freePort } from './browser-world.ts';
import { openBrowser, type TestBrowser } from './open-browser.ts';

const ADA = { subject: 'ada', email: 'ada@example.org', isEmailVerified: true };
const BOB = { subject: 'bob', email: 'bob@example.org', isEmailVerified: true };

let origin: string;
let world: OpenidWorld;
let browser: TestBrowser;
beforeAll(async () => {
  const port = await freePort();
  origin = `https://localhost:${port}`;
  world = await openOpenidWorld({ CAREWARD_PORT: String(port), CAREWARD_PUBLIC_URL: origin });
  browser = await openBrowser();
  for (const person of [ADA, BOB]) {
    const self = await world.person(person.email);
    expect((await linkIdentity(self, 'blue', world.blue, person)).status).toBe(204);
  }
});
afterAll(async () => {
  await browser.close();
  await world.stop();
});

async function signInAtBlue(subject: string) {
  const page = await browser.openPage();
  await page.goto(`${origin}/sign-in`);
  await page.getByRole('button', { name: 'Sign in with Sign in by blue' }).click();
  await fillIn(page, subject);
  return page;
}

/** The forms of the provider: who it is, and that they agree. */
async function fillIn(page: Page, subject: string): Promise<void> {
  await page.locator('input[name=login]').fill(subject);
  await page.locator('input[name=password]').fill('any');
  await page.locator('button[type=submit]').click();
  await page.locator('button[type=submit]').click();
}

describe('the page of the own account', () => {
  it('links an identity of another provider, and removes it', async () => {
    const page = await signInAtBlue('bob');
    await page.getByText('Signed in as bob@example.org').waitFor();
    // The person is known to the provider from here on.
    world.green.know(BOB);
    await page.getByRole('button', { name: 'Link Sign in by green' }).click();
    await fillIn(page, 'bob');
    await page.waitForURL(`${origin}/account`);
    await page.getByText('Sign in by green, since').waitFor();
    await page.getByRole('button', { name: 'Remove: identity of Sign in by green' }).click();
    await page.getByText('The identity is removed.').waitFor();
    expect(await page.locator('#identities li').count()).toBe(1);
    await browser.context.clearCookies();
  });
});

describe('the sign-in page', () => {
  it('refuses an identity that is not linked, and keeps its code out of the address', async () => {
    const page = await signInAtBlue('somebody-else');
    await page.getByText('This identity opens no account here.').waitFor();
    expect(page.url()).toBe(`${origin}/sign-in`);
    expect(await page.evaluate('sessionStorage.length')).toBe(0);
    await browser.context.clearCookies({ domain: '127.0.0.1' });
  });

  it('signs in by a provider in the tab that began', async () => {
    const page = await signInAtBlue('ada');
    await page.waitForURL(`${origin}/account`);
    await page.getByText('Signed in as ada@example.org').waitFor();
    expect(await page.evaluate('sessionStorage.length')).toBe(0);
  });

  it('does nothing with an answer to what this tab did not begin', async () => {
    const page = await browser.openPage();
    const asked: string[] = [];
    page.on(
      'request',
      (request) => void asked.push(`${request.method()} ${new URL(request.url()).pathname}`),
    );
    await page.goto(`${origin}/sign-in/callback?code=planted&state=planted`);
    await page.getByRole('button', { name: 'Sign in with Sign in by blue' }).waitFor();
    expect(page.url()).toBe(`${origin}/sign-in`);
    expect(asked.filter((line) => line.startsWith('POST'))).toEqual([]);
  });
});
