/** What people do on the page of their own account, and what happens to their session meanwhile. */
import { asAccountId } from '@careward/kernel';
import type { Page } from 'playwright-core';
import { admitPerson, TEST_PASSWORD } from '../../../apps/server/test-harness/index.ts';
import type { BrowserWorld } from './browser-world.ts';
import { totpCode } from './totp-code.ts';

/** Gives a patient, who needs no second factor, an account. */
export async function admitPatient({ server, administrator }: BrowserWorld, email: string): Promise<void> {
  const person = { email, displayName: 'Grace', password: TEST_PASSWORD, roles: ['PATIENT'] };
  await admitPerson(server, administrator, person);
}

/** Signs in on the page of the sign-in; the page of the own account is open afterwards. */
export async function signIn(
  page: Page,
  { origin }: BrowserWorld,
  email: string,
  password = TEST_PASSWORD,
): Promise<void> {
  await page.goto(`${origin}/sign-in`);
  await page.locator('#email').fill(email);
  await page.locator('#password').fill(password);
  await page.locator('#password').press('Enter');
  await page.waitForURL('**/account');
  await expectOpened(page);
}

/** Waits until the own account is shown. */
export async function expectOpened(page: Page): Promise<void> {
  await page.getByText('This session').waitFor();
}

/** Calls a route as the page does, with its key and its cookies. */
export function callFromPage<Body>(page: Page, method: string, path: string): Promise<Body> {
  return page.evaluate<Body>(`import('/pages/client.js').then(({ call }) => call('${method}', '${path}'))`);
}

/** Makes every session of the person on the page one that looks like somebody else's. */
export async function distrust(page: Page, { server }: BrowserWorld): Promise<void> {
  const { account } = await callFromPage<{ account: { id: string } }>(page, 'GET', '/users/me');
  const { sessions, stores } = server.running.platform;
  for (const { record } of await sessions.list(asAccountId(account.id)))
    await stores.identity.distrust(record.accountId, record.sessionId);
}

/** Adds an authenticator app; gives its secret. The first code is pasted as the app shows it, with a space. */
export async function addApp(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Add an authenticator app' }).click();
  await page.getByRole('heading', { name: 'Add this account to the app' }).waitFor();
  const secret = (await page.locator('#app-secret').textContent()) ?? '';
  const code = totpCode(secret, Date.now());
  await page.getByLabel('The six digits that the app shows').fill(`${code.slice(0, 3)} ${code.slice(3)}`);
  await page.getByRole('button', { name: 'Confirm the app' }).click();
  await page.getByText('The authenticator app is added.').waitFor();
  return secret;
}

/** The text of what has the focus. */
export function focused(page: Page): Promise<string> {
  return page.evaluate<string>('document.activeElement.textContent');
}
