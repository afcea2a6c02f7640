import type { Page, Request } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TEST_PASSWORD } from '../../../apps/server/test-harness/index.ts';
import { type BrowserWorld, startBrowserWorld } from './browser-world.ts';
import { openBrowser, type TestBrowser } from './open-browser.ts';
import { totpCode } from './totp-code.ts';

let world: BrowserWorld;
let browser: TestBrowser;
beforeAll(async () => {
  world = await startBrowserWorld();
});
afterAll(() => world.server.stop());

/** What left the browser and what scripts got, of one test. */
interface Traffic {
  readonly addresses: string[];
  readonly answers: Promise<string>[];
}

describe('the pages in a browser', () => {
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  it('lead from an invitation over a first passkey to sign-in by the passkey alone, and end a session', async () => {
    const page = await browser.openPage();
    const traffic = watch(page);
    const link = await world.invite('nurse@example.org');
    await acceptInvitation(page, link);
    await signInByPassword(page, 'nurse@example.org');
    await page.getByLabel('Name of this device').fill('Work laptop');
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await keepRecoveryCodes(page);
    await expectSignedIn(page);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL('**/sign-in');
    await signInByPasskey(page);
    await signInByPasskey(page);
    expect(await page.locator('#sessions li').count()).toBe(2);
    await page.getByRole('button', { name: /^End: session of/ }).click();
    await page.getByText('The session has ended.').waitFor();
    expect(await page.locator('#sessions li').count()).toBe(1);
    expect(await page.locator('#passkeys li').textContent()).toContain('Work laptop');
    await expectNothingReadable(page, traffic, link);
  });

  it('sign in by password and authenticator app', async () => {
    const page = await browser.openPage();
    const traffic = watch(page);
    const link = await world.invite('other@example.org');
    // Somebody else, at the same device.
    await browser.context.clearCookies();
    await acceptInvitation(page, link);
    await signInByPassword(page, 'other@example.org');
    await page.getByRole('button', { name: 'Add an authenticator app' }).click();
    await page.getByLabel('The six digits that the app shows').waitFor();
    const secret = (await page.locator('#secret').textContent()) ?? '';
    await page.getByLabel('The six digits that the app shows').fill(totpCode(secret, Date.now()));
    await page.getByRole('button', { name: 'Confirm the app' }).click();
    await keepRecoveryCodes(page);
    await expectSignedIn(page);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL('**/sign-in');
    await signInByPassword(page, 'other@example.org');
    // The code of this half minute is spent.
    await page
      .getByLabel('Six digits from the authenticator app')
      .fill(totpCode(secret, Date.now() + 30_000));
    await page.getByRole('button', { name: 'Continue with the code' }).click();
    await expectSignedIn(page);
    await expectNothingReadable(page, traffic, link);
  });

  it('keep tokens in cookies that no script, no foreign page and no other client can use', async () => {
    const page = await browser.openPage();
    await page.goto(`${world.origin}/account`);
    await expectSignedIn(page);
    const cookies = await browser.context.cookies();
    expect(cookies.map(({ name }) => name).sort()).toEqual([
      '__Host-careward-access',
      '__Host-careward-device',
      '__Host-careward-refresh',
    ]);
    for (const { httpOnly, secure, sameSite, path, domain } of cookies)
      expect({ httpOnly, secure, sameSite, path, domain }).toEqual({
        httpOnly: true,
        secure: true,
        sameSite: 'Strict',
        path: '/',
        domain: 'localhost',
      });
    const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
    const agent = await page.evaluate<string>('navigator.userAgent');
    const thief = world.server.nobody.with({ cookie, 'user-agent': agent, 'sec-fetch-site': 'same-origin' });
    const stolen = await thief.get('/api/v1/users/me');
    expect([stolen.status, stolen.body.code]).toEqual([401, 'authentication-proof-invalid']);
    expect(
      (await thief.with({ 'x-careward-client': 'browser' }).post('/api/v1/auth/refresh', {})).status,
    ).toBe(401);
  });

  it('say a refusal in words, where a screen reader finds it', async () => {
    const page = await browser.openPage();
    await page.goto(`${world.origin}/sign-in`);
    await page.getByLabel('E-mail address').fill('nobody@example.org');
    await page.getByLabel('Password').fill('not the password');
    await page.getByRole('button', { name: 'Sign in with a password' }).click();
    await page.locator('#error').filter({ hasText: 'E-mail address or password is wrong.' }).waitFor();
    expect(await page.evaluate('document.activeElement.id')).toBe('error');
    expect(await page.getByLabel('Password').inputValue()).toBe('');
  });
});

async function acceptInvitation(page: Page, link: string): Promise<void> {
  expect(link).toMatch(new RegExp(`^${world.origin}/invitation#.{20,}$`));
  await page.goto(link);
  await page.getByRole('heading', { name: 'Accept the invitation' }).waitFor();
  await page.waitForFunction("location.hash === ''");
  expect(page.url()).toBe(`${world.origin}/invitation`);
  await page.getByLabel('Your name, as others see it').fill('Grace');
  await page.getByLabel('A new password').fill(TEST_PASSWORD);
  await page.getByRole('button', { name: 'Make my account' }).click();
  await page.getByRole('heading', { name: 'Your account is ready' }).waitFor();
}

async function signInByPassword(page: Page, email: string): Promise<void> {
  await page.goto(`${world.origin}/sign-in`);
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill(TEST_PASSWORD);
  await page.getByRole('button', { name: 'Sign in with a password' }).click();
}

async function signInByPasskey(page: Page): Promise<void> {
  await page.goto(`${world.origin}/sign-in`);
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await expectSignedIn(page);
}

async function keepRecoveryCodes(page: Page): Promise<void> {
  await page.getByRole('heading', { name: 'Keep these recovery codes' }).waitFor();
  expect(await page.locator('#recovery-codes li').count()).toBeGreaterThan(5);
  await page.getByRole('button', { name: 'I have kept them' }).click();
}

async function expectSignedIn(page: Page): Promise<void> {
  await page.waitForURL('**/account');
  await page.getByText('Signed in as Grace').waitFor();
  await page.getByText('This session').waitFor();
}

function watch(page: Page): Traffic {
  const traffic: Traffic = { addresses: [], answers: [] };
  page.on(
    'request',
    (request: Request) => void traffic.addresses.push(request.url(), request.headers().referer ?? ''),
  );
  page.on('response', (response) => {
    if (response.url().includes('/api/')) traffic.answers.push(response.text().catch(() => ''));
  });
  return traffic;
}

/** A JWS of three parts, as access and refresh tokens and proofs have it. */
const TOKEN = /eyJ[\w-]+\.[\w-]+\.[\w-]+/;

/** No token, code or password in an address, an answer that a script reads, or anything that a script can keep. */
async function expectNothingReadable(
  page: Page,
  { addresses, answers }: Traffic,
  link: string,
): Promise<void> {
  const code = link.split('#')[1] ?? '';
  const leaking = (text: string) =>
    TOKEN.test(text) || text.includes(code) || text.includes('correct%20horse');
  expect(addresses.filter(leaking)).toEqual([]);
  const texts = await Promise.all(answers);
  expect(texts.length).toBeGreaterThan(5);
  expect(
    texts.filter(
      (text) => TOKEN.test(text) || text.includes('"refreshToken"') || text.includes('"deviceToken"'),
    ),
  ).toEqual([]);
  const kept = await page.evaluate(READABLE_BY_SCRIPTS);
  expect(kept).toEqual({ cookie: '', local: 0, session: 0, extractable: [false], names: ['careward'] });
}

/** Runs in the page: everything that a script of the page could take away with it. */
const READABLE_BY_SCRIPTS = `(async () => {
  const settled = (request) => new Promise((resolve) => { request.onsuccess = () => resolve(request.result); });
  const databases = await indexedDB.databases();
  const database = await settled(indexedDB.open('careward'));
  const keys = await settled(database.transaction('keys').objectStore('keys').getAll());
  database.close();
  return {
    cookie: document.cookie,
    local: localStorage.length,
    session: sessionStorage.length,
    extractable: keys.map(({ privateKey }) => privateKey.extractable),
    names: databases.map(({ name }) => name),
  };
})()`;
