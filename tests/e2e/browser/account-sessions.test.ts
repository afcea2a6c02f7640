// Sessions on the page of the own account: they go on by themselves, are told apart, end, and are asked for a proof.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TEST_PASSWORD } from '../../../apps/server/test-harness/index.ts';
import { admitPatient, callFromPage, distrust, expectOpened, focused, signIn } from './account-steps.ts';
import { type BrowserWorld, startBrowserWorld } from './browser-world.ts';
import { openBrowser, type TestBrowser } from './open-browser.ts';

const EMAIL = 'grace@example.org';
const ACCESS = '__Host-careward-access';

let world: BrowserWorld;
let browser: TestBrowser;
let page: Page;
beforeAll(async () => {
  [world, browser] = await Promise.all([startBrowserWorld(), openBrowser()]);
  await admitPatient(world, EMAIL);
});
afterAll(async () => {
  await browser.close();
  await world.server.stop();
});
beforeEach(async () => {
  await browser.context.clearCookies();
  page = await browser.openPage();
});

/** How the page's refreshes end, from now on. One that is only told the nonce to be made with is no end. */
function watchRefreshes(): number[] {
  const ends: number[] = [];
  page.on('response', (response) => {
    const isNonce = response.headers()['www-authenticate']?.includes('use_dpop_nonce');
    if (response.url().endsWith('/auth/refresh') && !isNonce) ends.push(response.status());
  });
  return ends;
}

async function accessCookie() {
  return (await browser.context.cookies()).find(({ name }) => name === ACCESS);
}

/** What is left of an access token at its end: no cookie, or one that counts no more. */
async function endToken(end: string): Promise<void> {
  const cookie = await accessCookie();
  if (cookie === undefined) throw new Error('nobody is signed in');
  await browser.context.clearCookies({ name: ACCESS });
  if (end === 'is gone') return;
  const [head, , signature] = cookie.value.split('.');
  await browser.context.addCookies([{ ...cookie, value: `${head}.eyJleHAiOjF9.${signature}` }]);
}

describe('a visit', () => {
  it('asks for no refresh in a browser that nobody has signed in with', async () => {
    const stranger = await openBrowser();
    page = await stranger.openPage();
    const refreshes = watchRefreshes();
    await page.goto(`${world.origin}/account`);
    await page.waitForURL('**/sign-in');
    expect(refreshes).toEqual([]);
    await stranger.close();
  });

  it('asks for one refresh where somebody has signed out, and leads to the sign-in', async () => {
    await signIn(page, world, EMAIL);
    await browser.context.clearCookies();
    const refreshes = watchRefreshes();
    await page.reload();
    await page.waitForURL('**/sign-in');
    expect(refreshes).toEqual([401]);
    // However often it is asked for what needs somebody, a page tries once.
    for (let calls = 0; calls < 3; calls += 1)
      await expect(callFromPage(page, 'GET', '/users/me')).rejects.toThrow('Sign in first');
    expect(refreshes).toEqual([401, 401]);
  });

  it.each(['is gone', 'is too old'])('goes on when its token %s in the middle of it', async (end) => {
    await signIn(page, world, EMAIL);
    const refreshes = watchRefreshes();
    await endToken(end);
    await page.getByLabel('Your name, as others see it').fill('Grace');
    await page.getByRole('button', { name: 'Change the name' }).click();
    await page.getByText('Your name is changed.').waitFor();
    expect(refreshes).toEqual([200]);
    await endToken(end);
    await page.reload();
    await expectOpened(page);
    expect(refreshes).toEqual([200, 200]);
    expect((await accessCookie())?.value).toMatch(/^eyJ/);
  });

  it('tells a failure at its beginning in words, and tries again when it is told to', async () => {
    const thrown: Error[] = [];
    page.on('pageerror', (error) => void thrown.push(error));
    await signIn(page, world, EMAIL);
    await page.route('**/users/me/devices', (route) => route.abort());
    await page.reload();
    await page.getByText('Check the connection and try again.').waitFor();
    expect(page.url()).toBe(`${world.origin}/account`);
    await page.unroute('**/users/me/devices');
    await page.getByRole('button', { name: 'Try again' }).press('Enter');
    await expectOpened(page);
    expect(await page.locator('#error').textContent()).toBe('');
    expect(await focused(page)).toBe('Your account');
    expect(thrown).toEqual([]);
  });
});

describe('two sessions of one browser', () => {
  it('have names that differ; the focus is at the heading of the list when one has ended', async () => {
    await signIn(page, world, EMAIL);
    await signIn(page, world, EMAIL);
    const names = await page.locator('#sessions button').evaluateAll(labelsOf);
    expect(names.length).toBeGreaterThan(1);
    expect(new Set(names).size).toBe(names.length);
    expect(names[0]).toMatch(/^End: session of Chrome on Linux \(\d+\)$/);
    expect(await page.locator('#sessions').textContent()).not.toContain('Mozilla');
    await page.locator('#sessions button').first().press('Enter');
    await page.getByText('The session has ended.').waitFor();
    expect(await page.locator('#sessions button').count()).toBe(names.length - 1);
    expect(await focused(page)).toBe('Where you are signed in');
    await page.getByRole('button', { name: 'End all other sessions' }).press('Enter');
    await page.getByText('All other sessions have ended.').waitFor();
    expect(await page.locator('#sessions li').count()).toBe(1);
    expect(await focused(page)).toBe('Where you are signed in');
  });
});

describe('a session that is not trusted', () => {
  it('is asked for its proof at the beginning, and shows nothing before', async () => {
    await signIn(page, world, EMAIL);
    await distrust(page, world);
    await page.reload();
    await page.getByRole('heading', { name: 'Show again that it is you' }).waitFor();
    expect(await focused(page)).toBe('Show again that it is you');
    expect(page.url()).toBe(`${world.origin}/account`);
    expect(await page.getByRole('button', { name: 'Go back without it' }).count()).toBe(0);
    expect(await page.locator('#who').textContent()).not.toContain('Grace');
    await page.locator('#prove-form #password').fill('not the password');
    await page.locator('#prove-form #password').press('Enter');
    await page.locator('#error').filter({ hasText: 'password is wrong' }).waitFor();
    await page.locator('#prove-form #password').fill(TEST_PASSWORD);
    await page.locator('#prove-form #password').press('Enter');
    await expectOpened(page);
    await page.locator('#who').filter({ hasText: 'Grace' }).waitFor();
  });

  it('is proved by a passkey, too', async () => {
    await signIn(page, world, EMAIL);
    await page.getByLabel('Name of this device').fill('Work laptop');
    await page.getByRole('button', { name: 'Add a passkey' }).press('Enter');
    await page.getByText('The passkey is added.').waitFor();
    await distrust(page, world);
    await page.getByRole('button', { name: 'Remove: passkey Work laptop' }).press('Enter');
    await page.getByRole('button', { name: 'Use a passkey' }).press('Enter');
    await page.getByText('The passkey is removed.').waitFor();
    expect(await focused(page)).toBe('Passkeys');
  });

  it('is asked in place by what needs a proof, which then is done; or not, when the person goes back', async () => {
    await signIn(page, world, EMAIL);
    await page.getByLabel('New e-mail address').fill('grace.hopper@example.org');
    await distrust(page, world);
    await page.getByRole('button', { name: 'Change the address' }).click();
    await page.getByRole('button', { name: 'Go back without it' }).click();
    await page.getByText('Nothing was changed.').waitFor();
    expect(await page.getByLabel('New e-mail address').inputValue()).toBe('grace.hopper@example.org');
    await page.getByRole('button', { name: 'Change the address' }).click();
    await page.locator('#prove-form #password').fill(TEST_PASSWORD);
    await page.locator('#prove-form #password').press('Enter');
    await page.getByText('A mail is on its way to grace.hopper@example.org.').waitFor();
    expect(await world.linkFor('grace.hopper@example.org')).toContain('/email-change#');
  });
});

/** Runs in the page. */
function labelsOf(buttons: { getAttribute(name: string): string | null }[]): (string | null)[] {
  return buttons.map((button) => button.getAttribute('aria-label'));
}
