import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type BrowserWorld, startBrowserWorld } from './browser-world.ts';
import { openBrowser, type TestBrowser } from './open-browser.ts';
import { expectSection, pressByKeyboard, typePassword } from './page-steps.ts';
import { totpCode } from './totp-code.ts';

let world: BrowserWorld;
let browser: TestBrowser;
let page: Page;
beforeAll(async () => {
  [world, browser] = await Promise.all([startBrowserWorld(), openBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await world.server.stop();
});
beforeEach(async () => {
  await browser.context.clearCookies();
  page = await browser.openPage();
});

const BACK = 'Back to the start of the sign-in';
const APP = 'Set up the authenticator app';

async function beginAs(email: string, on = page): Promise<void> {
  await on.goto(`${world.origin}/sign-in`);
  await typePassword(on, email);
}

/** Adds an authenticator app as far as its secret; gives that. */
async function readSecret(on = page): Promise<string> {
  await on.getByRole('button', { name: 'Add an authenticator app' }).click();
  await expectSection(on, APP);
  return on.locator('#secret').innerText();
}

async function confirmApp(code: string, on = page): Promise<void> {
  await on.getByLabel('The six digits that the app shows').fill(code);
  await on.keyboard.press('Enter');
}

/** As apps show it, and as it is copied from them. */
const withSpaces = (code: string) => ` ${code.slice(0, 3)} ${code.slice(3)} `;

describe('the sign-in page', () => {
  it('leads back from adding a second factor, and from showing one', async () => {
    await world.admit('back@example.org');
    await beginAs('back@example.org');
    await expectSection(page, 'Add a second factor');
    await readSecret();
    await pressByKeyboard(page, BACK);
    await expectSection(page, 'Who are you?');
    expect(await page.locator('#secret').textContent()).toBe('');
    await typePassword(page, 'back@example.org');
    const secret = await readSecret();
    await confirmApp(totpCode(secret, Date.now()));
    await expectSection(page, 'Keep these recovery codes');
    await browser.context.clearCookies();
    await beginAs('back@example.org');
    await expectSection(page, 'Show a second factor');
    await pressByKeyboard(page, BACK);
    await expectSection(page, 'Who are you?');
    await typePassword(page, 'back@example.org');
    await expectSection(page, 'Show a second factor');
  });

  it('shows the secret of an app in groups and as a link, and takes codes with spaces', async () => {
    await world.admit('app@example.org');
    await beginAs('app@example.org');
    const secret = await readSecret();
    expect(secret).toMatch(/^(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}$/);
    const link = new URL(
      (await page.getByRole('link', { name: 'open it with the secret' }).getAttribute('href')) ?? '',
    );
    expect([link.protocol, link.host]).toEqual(['otpauth:', 'totp']);
    expect(link.searchParams.get('secret')).toBe(secret.replaceAll(' ', ''));
    await confirmApp(withSpaces(totpCode(secret, Date.now())));
    await expectSection(page, 'Keep these recovery codes');
    await page.getByRole('button', { name: 'I have kept them' }).click();
    await page.getByText('Signed in as Grace').waitFor();
    await browser.context.clearCookies();
    await beginAs('app@example.org');
    // The code of this half minute is spent.
    const next = totpCode(secret, Date.now() + 30_000);
    await page.getByLabel('Six digits from the authenticator app').fill(withSpaces(next));
    await page.keyboard.press('Enter');
    await page.getByText('Signed in as Grace').waitFor();
  });

  it('begins again when a step is over, and says so', async () => {
    await world.admit('late@example.org');
    await beginAs('late@example.org');
    await expectSection(page, 'Add a second factor');
    // In another tab the same person was faster: the account has its first factor.
    const other = await browser.openPage();
    await beginAs('late@example.org', other);
    await confirmApp(totpCode(await readSecret(other), Date.now()), other);
    await expectSection(other, 'Keep these recovery codes');
    await page.getByRole('button', { name: 'Add an authenticator app' }).click();
    await page.locator('#error').getByText('Begin again').waitFor();
    expect(await page.evaluate('document.activeElement.id')).toBe('error');
    expect(await page.getByRole('heading', { name: 'Who are you?' }).isVisible()).toBe(true);
  });
});

describe('the page for a new password', () => {
  it('tells the rule beside the field, and where another mail is asked for when the link is used up', async () => {
    await page.goto(`${world.origin}/password-reset#never-sent`);
    await expectSection(page, 'Choose a new password');
    const field = page.getByRole('textbox', { name: 'New password' });
    const hint = await field.evaluate(
      (input) =>
        input.ownerDocument.getElementById(input.getAttribute('aria-describedby') ?? '')?.textContent,
    );
    expect(hint).toContain('At least 15 characters');
    await field.fill('several words of no meaning');
    await page.keyboard.press('Enter');
    await page.locator('#error').getByText('Ask for a new one').waitFor();
    await page.getByLabel('E-mail address').fill('nobody@example.org');
    await page.keyboard.press('Enter');
    await expectSection(page, 'Look into your mail');
  });
});

describe('the page that confirms another address', () => {
  it('leads somebody who is not signed in over the sign-in, and back', async () => {
    await world.admit('mover@example.org');
    await page.goto(`${world.origin}/email-change#never-sent`);
    await page.getByRole('button', { name: 'Use this address from now on' }).click();
    await expectSection(page, 'Sign in to confirm your new e-mail address');
    await pressByKeyboard(page, 'Sign in and come back');
    await page.getByText('Sign in to confirm your new address').waitFor();
    await typePassword(page, 'mover@example.org');
    const secret = await readSecret();
    await confirmApp(totpCode(secret, Date.now()));
    await page.getByRole('button', { name: 'I have kept them' }).click();
    await expectSection(page, 'Confirm your new e-mail address');
    await page.getByRole('button', { name: 'Use this address from now on' }).click();
    await expectSection(page, 'This link cannot be used');
  });
});
