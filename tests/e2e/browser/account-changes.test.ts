// What people change on the page of their own account: the password, the factors beside it, and whether there is an account at all.
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TEST_PASSWORD } from '../../../apps/server/test-harness/index.ts';
import { addApp, admitPatient, focused, signIn } from './account-steps.ts';
import { type BrowserWorld, startBrowserWorld } from './browser-world.ts';
import { openBrowser, type TestBrowser } from './open-browser.ts';
import { totpCode } from './totp-code.ts';

const NEW_PASSWORD = 'seven green kettles hum at dawn';

let world: BrowserWorld;
let browser: TestBrowser;
let page: Page;
let people = 0;
let email: string;
beforeAll(async () => {
  [world, browser] = await Promise.all([startBrowserWorld(), openBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await world.server.stop();
});
beforeEach(async () => {
  await browser.context.clearCookies();
  people += 1;
  email = `person-${people}@example.org`;
  await admitPatient(world, email);
  page = await browser.openPage();
  await signIn(page, world, email);
});

describe('the password', () => {
  it('is changed by keyboard alone, where password managers lead', async () => {
    await page.goto(`${world.origin}/.well-known/change-password`);
    await page.locator('#change-password-title:focus').waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.insertText(TEST_PASSWORD);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.insertText('short1234');
    await page.keyboard.press('Enter');
    await expectRefused();
    // The summary has the focus; its link leads to the field, where what was typed still stands.
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('new-password');
    await page.keyboard.press('Control+a');
    await page.keyboard.insertText(NEW_PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByText('The password is changed.').waitFor();
    expect(await page.locator('#error').textContent()).toBe('');
    expect(await page.locator('[aria-invalid]').count()).toBe(0);
    expect(await page.locator('#new-password').inputValue()).toBe('');
    await browser.context.clearCookies();
    await signIn(page, world, email, NEW_PASSWORD);
  });

  async function expectRefused(): Promise<void> {
    await page.locator('#error').filter({ hasText: 'must have at least 15 characters' }).waitFor();
    expect(await page.evaluate('document.activeElement.id')).toBe('error');
    const field = page.locator('#new-password');
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    const [fault = '', hint = ''] = ((await field.getAttribute('aria-describedby')) ?? '').split(' ');
    expect(await page.locator(`#${fault}`).textContent()).toBe('must have at least 15 characters');
    expect(await page.locator(`#${hint}`).textContent()).toContain('At least 15 characters');
    expect(await field.inputValue()).toBe('short1234');
    expect(await page.locator('#current-password').inputValue()).toBe(TEST_PASSWORD);
  }

  it('can be looked at while it is typed, and is masked when it is sent', async () => {
    const field = page.locator('#new-password');
    await field.fill('short1234');
    await page.getByRole('button', { name: 'Show new password' }).press('Enter');
    expect(await field.getAttribute('type')).toBe('text');
    await page.locator('#current-password').fill('not the password');
    await field.press('Enter');
    await page.locator('#error').filter({ hasText: 'password is wrong' }).waitFor();
    expect(await field.getAttribute('type')).toBe('password');
    expect([await page.locator('#current-password').inputValue(), await field.inputValue()]).toEqual([
      '',
      'short1234',
    ]);
  });
});

describe('a second factor', () => {
  it('is an app, whose code may be pasted with spaces; recovery codes come with it, are copied, kept and gone', async () => {
    await browser.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await addApp(page);
    expect(await focused(page)).toBe('Keep these recovery codes');
    const codes = await page.locator('#recovery-codes li').allTextContents();
    expect(codes.length).toBe(10);
    await page.getByRole('button', { name: 'Copy the codes' }).press('Enter');
    await page.getByText('Copied.').waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(codes.join('\n'));
    await page.getByRole('button', { name: 'I have kept them' }).press('Enter');
    expect(await focused(page)).toBe('Recovery codes');
    expect(await page.locator('main').textContent()).not.toContain(codes[0]);
    await page.getByText('You have 10 that are not used.').waitFor();
    await page.getByText('At least 8 characters.').waitFor();
    await page.getByRole('button', { name: 'Make new recovery codes' }).press('Enter');
    await page.getByRole('heading', { name: 'Keep these recovery codes' }).waitFor();
    const others = await page.locator('#recovery-codes li').allTextContents();
    expect(others.filter((code) => codes.includes(code))).toEqual([]);
    await page.getByRole('button', { name: 'Remove the authenticator app' }).press('Enter');
    await page.getByText('The authenticator app is removed.').waitFor();
    expect(await focused(page)).toBe('Authenticator app');
  });

  it('is shown as a link for the app and as a secret in groups of four', async () => {
    await page.getByRole('button', { name: 'Add an authenticator app' }).press('Enter');
    const link = page.getByRole('link', { name: 'Open the app on this device' });
    await link.waitFor();
    const secret = (await page.locator('#app-secret').textContent()) ?? '';
    expect(secret).toMatch(/^([A-Z2-7]{4} )+[A-Z2-7]{1,4}$/);
    expect(await link.getAttribute('href')).toMatch(/^otpauth:\/\/totp\//);
    expect(await link.getAttribute('href')).toContain(secret.replaceAll(' ', ''));
    await page.getByLabel('The six digits that the app shows').fill('12 34 56');
    await page.getByRole('button', { name: 'Confirm the app' }).press('Enter');
    await page.locator('#error').filter({ hasText: 'The code is wrong' }).waitFor();
    await page
      .getByLabel('The six digits that the app shows')
      .fill([...totpCode(secret, Date.now())].join(' '));
    await page.getByRole('button', { name: 'Confirm the app' }).press('Enter');
    await page.getByText('The authenticator app is added.').waitFor();
  });
});

describe('the account', () => {
  it('is taken along as a file', async () => {
    const downloading = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download my data' }).press('Enter');
    const download = await downloading;
    expect(download.suggestedFilename()).toBe('careward-account.json');
    const data = JSON.parse(await readFile(await download.path(), 'utf8'));
    expect(data.account).toMatchObject({ email, displayName: 'Grace' });
  });

  it('shows what happened to it in sentences', async () => {
    const events = await page.locator('#events li').allTextContents();
    expect(events.length).toBeGreaterThan(0);
    expect(events.filter((text) => /no words for/.test(text))).toEqual([]);
    expect(events.join()).toContain('Somebody, probably you, signed in');
  });

  it('is deleted by whoever says that they are sure, and opens no more', async () => {
    await page.getByRole('button', { name: 'Delete my account' }).press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('delete-sure');
    await page.keyboard.press('Space');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Your account is deleted' }).waitFor();
    expect(await focused(page)).toBe('Your account is deleted');
    expect(await page.locator('body').textContent()).not.toContain(email);
    const again = await world.server.nobody.post('/api/v1/auth/sign-in', { email, password: TEST_PASSWORD });
    expect(again.status).toBe(401);
  });
});
