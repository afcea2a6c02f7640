import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TEST_PASSWORD } from '../../../apps/server/test-harness/index.ts';
import { admitPatient, signIn } from './account-steps.ts';
import { type BrowserWorld, startBrowserWorld } from './browser-world.ts';
import { openBrowser, type TestBrowser } from './open-browser.ts';
import {
  addPasskey,
  expectCodeGone,
  expectSection,
  pressByKeyboard,
  typePassword,
  watchAddresses,
} from './page-steps.ts';

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

/** The addresses of invitations that nobody has accepted. */
async function openInvitations(): Promise<string[]> {
  const { body } = await world.administrator.get<{ items: { email: string }[] }>(
    '/api/v1/users/invitations?limit=100',
  );
  return body.items.map(({ email }) => email);
}

describe('the invitation page', () => {
  it('takes somebody with an account over the sign-in, by keyboard, and the code into no address', async () => {
    await world.admit('grace@example.org');
    const link = await world.invite('grace@example.org');
    const addresses = watchAddresses(page);
    await page.goto(link);
    await expectSection(page, 'Accept the invitation');
    await pressByKeyboard(page, 'Sign in and accept');
    await page.getByText('Sign in to accept the invitation').waitFor();
    expect(page.url()).toBe(`${world.origin}/sign-in`);
    await typePassword(page, 'grace@example.org');
    await addPasskey(page);
    await expectSection(page, 'The invitation is accepted');
    await page.getByText('You now belong to North.').waitFor();
    expect(await openInvitations()).not.toContain('grace@example.org');
    await expectCodeGone(page, link, addresses);
    await pressByKeyboard(page, 'Your account');
    await page.getByText('Signed in as Grace').waitFor();
  });

  it('asks somebody who is signed in whether it is them, and then accepts', async () => {
    await signInFirst('ada@example.org');
    const link = await world.invite('ada@example.org');
    const addresses = watchAddresses(page);
    await page.goto(link);
    await expectSection(page, 'Accept the invitation with your account');
    await page.getByText('You are signed in as Grace (ada@example.org).').waitFor();
    expect(await openInvitations()).toContain('ada@example.org');
    await pressByKeyboard(page, 'Accept with this account');
    await expectSection(page, 'The invitation is accepted');
    expect(await openInvitations()).not.toContain('ada@example.org');
    await expectCodeGone(page, link, addresses);
  });

  it('lets the account that is signed in go when the invitation was sent to another address', async () => {
    await signInFirst('first@example.org');
    await world.admit('second@example.org');
    await page.goto(await world.invite('second@example.org'));
    await page.getByRole('button', { name: 'Accept with this account' }).click();
    await expectSection(page, 'This invitation cannot be used');
    await page.getByText('sent to another address than first@example.org').waitFor();
    await page.getByRole('button', { name: 'Sign in as somebody else' }).click();
    await page.waitForURL('**/sign-in');
    await typePassword(page, 'second@example.org');
    await addPasskey(page);
    await expectSection(page, 'The invitation is accepted');
    expect(await openInvitations()).not.toContain('second@example.org');
  });

  it('leads whoever is new by mistake to the sign-in, with the invitation still good', async () => {
    await world.admit('known@example.org');
    const link = await world.invite('known@example.org');
    await page.goto(link);
    await makeAccount(page);
    await expectSection(page, 'You have an account already');
    await pressByKeyboard(page, 'Sign in and accept');
    await page.waitForURL('**/sign-in');
    await typePassword(page, 'known@example.org');
    await addPasskey(page);
    await expectSection(page, 'The invitation is accepted');
  });

  it('makes the account of somebody new; a colleague who is signed in is signed out first', async () => {
    await signInFirst('colleague@example.org');
    await page.goto(await world.invite('new@example.org'));
    await page.getByRole('button', { name: 'I am somebody else: sign out' }).click();
    await makeAccount(page);
    await expectSection(page, 'Your account is ready');
    const names = (await browser.context.cookies()).map(({ name }) => name);
    expect(names).not.toContain('__Host-careward-access');
    expect(names).not.toContain('__Host-careward-refresh');
  });

  it('sends a patient who becomes a nurse to the sign-in once more, where the second factor is added', async () => {
    await admitPatient(world, 'patient@example.org');
    await signIn(page, world, 'patient@example.org');
    await page.goto(await world.invite('patient@example.org'));
    await page.getByRole('button', { name: 'Accept with this account' }).click();
    await expectSection(page, 'The invitation is accepted');
    await pressByKeyboard(page, 'Sign in once more to add one');
    await page.waitForURL('**/sign-in');
    await typePassword(page, 'patient@example.org');
    await expectSection(page, 'Add a second factor');
    await page.locator('#enrolment').getByText('You have 5 minutes for it').waitFor();
  });

  it('says what to do with a code that is wrong, one that was used, and none', async () => {
    await page.goto(`${world.origin}/invitation`);
    await expectSection(page, 'Open the link of your mail');
    // Only the fragment changes: browsers load nothing.
    await page.goto(`${world.origin}/invitation#${world.clinicId}.never-sent`);
    await makeAccount(page);
    await expectSection(page, 'This invitation cannot be used');
    const link = await world.invite('used@example.org');
    for (const heading of ['Your account is ready', 'This invitation cannot be used']) {
      await page.goto(link);
      await makeAccount(page);
      await expectSection(page, heading);
    }
    await page.getByText('ask the clinic for a new invitation').waitFor();
    expect(await page.getByText('If it was sent to another address').isVisible()).toBe(false);
  });
});

/** An account with a second factor, signed in. */
async function signInFirst(email: string): Promise<void> {
  await world.admit(email);
  await page.goto(`${world.origin}/sign-in`);
  await typePassword(page, email);
  await addPasskey(page);
  await page.waitForURL('**/account');
}

async function makeAccount(on: Page): Promise<void> {
  await on.getByLabel('Your name, as others see it').fill('Grace');
  await on.getByLabel('A new password').fill(TEST_PASSWORD);
  await on.getByRole('button', { name: 'Make my account' }).click();
}
