import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TEST_PASSWORD } from '../../../apps/server/test-harness/index.ts';
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

beforeEach(() => browser.context.clearCookies());

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
  });

  it('says what happened when the provider linked nothing, and leads back to the account', async () => {
    const page = await browser.openPage();
    await page.goto(`${origin}/sign-in`);
    await page.getByLabel('E-mail address').fill('bob@example.org');
    await page.getByRole('textbox', { name: 'Password' }).fill(TEST_PASSWORD);
    await page.getByRole('button', { name: 'Sign in with a password' }).click();
    await page.getByRole('button', { name: 'Link Sign in by green' }).click();
    await page.getByRole('link', { name: 'Cancel' }).click();
    await expectFailure(page, 'The other provider did not let you in');
    expect(page.url()).toBe(`${origin}/sign-in`);
    await page.getByRole('link', { name: 'Back to your account' }).click();
    await page.getByText('Signed in as bob@example.org').waitFor();
  });
});

describe('the sign-in page', () => {
  it('refuses an identity that is not linked, and keeps its code out of the address', async () => {
    const page = await signInAtBlue('somebody-else');
    await page.getByText('This identity opens no account here.').waitFor();
    expect(page.url()).toBe(`${origin}/sign-in`);
    expect(await page.evaluate('sessionStorage.length')).toBe(0);
  });

  it('signs in by a provider in the tab that began', async () => {
    const page = await signInAtBlue('ada');
    await page.waitForURL(`${origin}/account`);
    await page.getByText('Signed in as ada@example.org').waitFor();
    expect(await page.evaluate('sessionStorage.length')).toBe(0);
  });

  it('says that the person cancelled at the provider, once, and goes on by another way', async () => {
    const page = await browser.openPage();
    await page.goto(`${origin}/sign-in`);
    await page.getByRole('button', { name: 'Sign in with Sign in by blue' }).click();
    const cancel = page.getByRole('link', { name: 'Cancel' });
    await cancel.waitFor();
    const asked = watchPosts(page);
    await cancel.click();
    await expectFailure(page, 'The other provider did not let you in: it was cancelled there');
    expect(page.url()).toBe(`${origin}/sign-in`);
    expect(asked).toEqual([]);
    expect(await page.evaluate('sessionStorage.length')).toBe(0);
    await page.getByRole('button', { name: 'Sign in with Sign in by blue' }).click();
    await fillIn(page, 'ada');
    await page.waitForURL(`${origin}/account`);
  });

  it.each([
    ['code=planted&state=planted', 'This tab began no sign-in'],
    ['error=access_denied&error_description=Call+us+at+555', 'This tab began no sign-in'],
  ])('does nothing with an answer to what this tab did not begin: %s', async (answer, text) => {
    const page = await browser.openPage();
    const asked = watchPosts(page);
    await page.goto(`${origin}/sign-in/callback?${answer}`);
    await page.getByRole('status').filter({ hasText: text }).waitFor();
    expect(page.url()).toBe(`${origin}/sign-in`);
    expect(asked).toEqual([]);
    expect(await page.locator('main').innerText()).not.toContain('555');
  });
});

/** The addresses of this server that a page posts to, from now on. */
function watchPosts(page: Page): string[] {
  const posts: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST' && request.url().startsWith(origin)) posts.push(request.url());
  });
  return posts;
}

/** The failure is shown in one place, and has the focus, by which a screen reader says it. */
async function expectFailure(page: Page, text: string): Promise<void> {
  await page.locator('#error').getByText(text).waitFor();
  expect(await page.evaluate('document.activeElement.id')).toBe('error');
  expect(await page.getByText(text).count()).toBe(1);
  expect(await page.getByRole('alert').count()).toBe(0);
}
