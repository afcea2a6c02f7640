import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TEST_PASSWORD } from '../../../apps/server/test-harness/index.ts';
import { type BrowserWorld, startBrowserWorld } from './browser-world.ts';
import { openBrowser, type TestBrowser } from './open-browser.ts';
import {
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
  await letRegister(true);
});
afterAll(async () => {
  await browser.close();
  await world.server.stop();
});
beforeEach(async () => {
  page = await browser.openPage();
});

async function letRegister(selfRegistration: boolean): Promise<void> {
  const path = `/api/v1/clinics/${world.clinicId}/settings`;
  const { status } = await world.administrator.call('PATCH', path, { selfRegistration });
  expect(status).toBe(200);
}

/** The link that a clinic gives out. */
const clinicLink = () => `${world.origin}/registration#clinic=${world.clinicId}`;

async function ask(email: string): Promise<void> {
  await page.goto('about:blank');
  await page.goto(clinicLink());
  await page.getByLabel('Your e-mail address').fill(email);
  await page.keyboard.press('Enter');
}

describe('the registration page', () => {
  it('leads from the link of a clinic over the mail to an account, by keyboard', async () => {
    const addresses = watchAddresses(page);
    await ask('patient@example.org');
    await expectSection(page, 'Look into your mail');
    const link = await world.linkFor('patient@example.org');
    expect(link).toMatch(new RegExp(`^${world.origin}/registration#.{20,}$`));
    await page.goto(link);
    await expectSection(page, 'Make your account');
    await page.keyboard.press('Tab');
    await page.keyboard.insertText('Pat');
    await page.keyboard.press('Tab');
    await page.keyboard.insertText(TEST_PASSWORD);
    await page.keyboard.press('Enter');
    await expectSection(page, 'Your account is ready');
    await expectCodeGone(page, link, addresses);
    await pressByKeyboard(page, 'Sign in');
    await page.waitForURL('**/sign-in');
    await typePassword(page, 'patient@example.org');
    await page.getByText('Signed in as Pat').waitFor();
    // Which clinic somebody turns to is in no address that leaves the browser.
    expect(addresses.filter((address) => address.includes(world.clinicId))).toEqual([]);
    await browser.context.clearCookies();
  });

  it('shows the same to whoever has an account and whoever has none', async () => {
    await world.admit('member@example.org');
    const seen = new Set<string>();
    for (const email of ['member@example.org', 'nobody@example.org', 'root@example.org']) {
      await ask(email);
      await expectSection(page, 'Look into your mail');
      const main = await page.locator('main').innerText();
      seen.add(main.replace(email, 'the address'));
    }
    expect([...seen]).toHaveLength(1);
    expect([...seen][0]).toContain('the address');
  });

  it('says what to do with a link that was used, and leads back to the clinic', async () => {
    await ask('twice@example.org');
    await expectSection(page, 'Look into your mail');
    const link = await world.linkFor('twice@example.org');
    for (const heading of ['Your account is ready', 'This link cannot be used any more']) {
      await page.goto(link);
      await page.getByLabel('Your name, as your clinic sees it').fill('Pat');
      await page.getByLabel('A new password').fill(TEST_PASSWORD);
      await page.getByRole('button', { name: 'Make my account' }).click();
      await expectSection(page, heading);
    }
    await pressByKeyboard(page, 'register once more');
    await expectSection(page, 'Register with your clinic');
    expect(page.url()).toBe(clinicLink());
  });

  it('asks for the link of the clinic where there is none, and tells of a clinic that takes no registrations', async () => {
    await page.goto(`${world.origin}/registration`);
    await expectSection(page, 'Open the link of your clinic');
    await letRegister(false);
    await ask('late@example.org');
    await expectSection(page, 'No registration with this link');
    await letRegister(true);
  });
});

describe('the sign-in page', () => {
  it('offers registration to whoever came by the link of a clinic, and to nobody else', async () => {
    await page.goto(`${world.origin}/sign-in`);
    await page.getByRole('button', { name: 'Sign in with a password' }).waitFor();
    expect(await page.getByText('register with my clinic').isVisible()).toBe(false);
    await page.goto(clinicLink());
    await page.getByRole('link', { name: 'I have an account: sign in' }).click();
    await page.waitForURL('**/sign-in*');
    await page.getByText('register with my clinic').click();
    await expectSection(page, 'Register with your clinic');
    expect(page.url()).toBe(clinicLink());
  });
});
