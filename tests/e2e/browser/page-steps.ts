/** What people do on the pages, step by step, and what they must not leave behind. */
import type { Page, Request } from 'playwright-core';
import { expect } from 'vitest';
import { TEST_PASSWORD } from '../../../apps/server/test-harness/index.ts';

/** Fills in the form of the sign-in page that is open, by keyboard. */
export async function typePassword(page: Page, email: string, password = TEST_PASSWORD): Promise<void> {
  await page.getByLabel('E-mail address').fill(email);
  await page.keyboard.press('Tab');
  await page.keyboard.insertText(password);
  await page.keyboard.press('Enter');
}

/** Adds a first passkey where the sign-in asks for a second factor, and keeps the recovery codes. */
export async function addPasskey(page: Page): Promise<void> {
  await page.getByRole('heading', { name: 'Add a second factor' }).waitFor();
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  await page.getByRole('button', { name: 'I have kept them' }).click();
}

/** Waits for a section of the page, whose heading takes the focus so that reading goes on there. */
export async function expectSection(page: Page, heading: string): Promise<void> {
  await page.getByRole('heading', { name: heading }).waitFor();
  expect(await page.evaluate('document.activeElement.textContent')).toBe(heading);
}

/** Presses Tab until a control of this name has the focus, then Enter. */
export async function pressByKeyboard(page: Page, name: string): Promise<void> {
  for (let tabs = 0; tabs < 20; tabs += 1) {
    await page.keyboard.press('Tab');
    if ((await page.evaluate('document.activeElement.textContent')) === name) {
      await page.keyboard.press('Enter');
      return;
    }
  }
  throw new Error(`the keyboard does not reach ${name}`);
}

/** Every address that a page asks for or names as its referrer, from now on. */
export function watchAddresses(page: Page): string[] {
  const addresses: string[] = [];
  page.on('request', (request: Request) => {
    addresses.push(request.url(), request.headers().referer ?? '');
  });
  return addresses;
}

/** The code of a link was in no address that left the browser, and nothing of it is kept in the tab. */
export async function expectCodeGone(page: Page, link: string, addresses: string[]): Promise<void> {
  const [, code = ''] = link.split('#');
  expect(code.length).toBeGreaterThan(20);
  expect(addresses.length).toBeGreaterThan(3);
  expect(addresses.filter((address) => address.includes(code.slice(-20)))).toEqual([]);
  expect(page.url()).not.toContain(code.slice(-20));
  expect(await page.evaluate('sessionStorage.length + localStorage.length')).toBe(0);
}
