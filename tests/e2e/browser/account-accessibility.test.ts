// Every page of the own account as assistive technology finds it: names, headings, landmarks, language, title (WCAG 2.2, levels A and AA).
// Chromium computes the names. Does not judge whether a name is a good one, nor how a page looks.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PAGE_TITLES } from '../../../apps/server/src/modules/account-pages/account-pages.ts';
import { addApp, admitPatient, signIn } from './account-steps.ts';
import { type BrowserWorld, startBrowserWorld } from './browser-world.ts';
import { openBrowser, type TestBrowser } from './open-browser.ts';

const pages = Object.keys(PAGE_TITLES);
const CONTROLS = new Set(['button', 'link', 'textbox', 'checkbox', 'radio', 'combobox', 'spinbutton']);
const NAMED = new Set([...CONTROLS, 'region', 'navigation', 'heading']);

let world: BrowserWorld;
let browser: TestBrowser;
let own: Page;
beforeAll(async () => {
  [world, browser] = await Promise.all([startBrowserWorld(), openBrowser()]);
  await admitPatient(world, 'grace@example.org');
  own = await browser.openPage();
  await signIn(own, world, 'grace@example.org');
  await signIn(own, world, 'grace@example.org');
  await addApp(own);
});
afterAll(async () => {
  await browser.close();
  await world.server.stop();
});

/** The page, the own account with everything filled in, with every part of it shown at once. */
async function openShown(name: string): Promise<Page> {
  const page = name === 'account' ? own : await browser.openPage();
  if (name !== 'account') await page.goto(`${world.origin}/${name}`);
  await page.evaluate(
    "for (const part of document.querySelectorAll('[hidden]:not(input)')) part.hidden = false",
  );
  return page;
}

/** Shows one section of those that take each other's place. */
function showOnly(page: Page, index: number): Promise<void> {
  return page.evaluate(
    `document.querySelectorAll('main > section').forEach((section, at) => { section.hidden = at !== ${index}; })`,
  );
}

interface AccessibleNode {
  readonly role: string;
  readonly name: string;
}

/** What Chromium tells assistive technology. */
async function treeOf(page: Page): Promise<AccessibleNode[]> {
  const devtools = await page.context().newCDPSession(page);
  const { nodes } = await devtools.send('Accessibility.getFullAXTree');
  await devtools.detach();
  return nodes
    .filter(({ ignored }) => !ignored)
    .map(({ role, name }) => ({ role: String(role?.value), name: String(name?.value ?? '').trim() }));
}

describe.each(pages)('the page %s', (name) => {
  it('gives every control, heading and landmark a name, and every control one of its own', async () => {
    const page = await openShown(name);
    const tree = await treeOf(page);
    expect(tree.filter(({ role, name: named }) => NAMED.has(role) && named === '')).toEqual([]);
    expect(tree.filter(({ role }) => CONTROLS.has(role)).length).toBeGreaterThan(0);
    const sections = await page.locator('main > section').count();
    for (let index = 0; index < sections; index += 1) {
      await showOnly(page, index);
      const controls = (await treeOf(page)).filter(({ role }) => CONTROLS.has(role));
      expect(repeated(controls.map((each) => `${each.role} ${each.name}`))).toEqual([]);
    }
  });

  it('has a language, a title, one main landmark and one heading of the first level; none is skipped', async () => {
    const page = await openShown(name);
    const tree = await treeOf(page);
    expect(tree.filter(({ role }) => role === 'main')).toHaveLength(1);
    expect(await page.title()).toBe(`${PAGE_TITLES[name as keyof typeof PAGE_TITLES]} · Careward`);
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    const levels = await page.locator('h1, h2, h3, h4, h5, h6').evaluateAll(levelsOf);
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    expect(levels.filter((level, index) => level > (levels[index - 1] ?? 0) + 1)).toEqual([]);
  });

  it('refers to parts that are there, once each', async () => {
    const page = await openShown(name);
    const ids = await page.locator('[id]').evaluateAll(idsOf);
    expect(repeated(ids)).toEqual([]);
    const wanted = await page.evaluate<string[]>(REFERENCES);
    expect(wanted.filter((id) => !ids.includes(id))).toEqual([]);
  });

  it('fits a narrow screen, and its controls a finger', async () => {
    const page = await openShown(name);
    await page.setViewportSize({ width: 320, height: 640 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320);
    expect(await page.evaluate<string[]>(SMALL)).toEqual([]);
  });
});

function repeated(texts: readonly string[]): string[] {
  return texts.filter((text, index) => texts.indexOf(text) !== index);
}

/** Runs in the page. */
function levelsOf(headings: { readonly tagName: string }[]): number[] {
  return headings.map(({ tagName }) => Number(tagName.slice(1)));
}

/** Runs in the page. */
function idsOf(elements: { readonly id: string }[]): string[] {
  return elements.map(({ id }) => id);
}

/** Runs in the page: every id that something refers to. */
const REFERENCES = `
  ['aria-labelledby', 'aria-describedby', 'aria-controls', 'for']
    .flatMap((name) => [...document.querySelectorAll('[' + name + ']')].map((part) => part.getAttribute(name)))
    .flatMap((value) => value.split(' '))
    .concat([...document.querySelectorAll('a[href^="#"]')].map((link) => link.hash.slice(1)))
`;

/** Runs in the page: buttons and fields of less than 24 by 24 pixels (WCAG 2.2, 2.5.8). */
const SMALL = `
  [...document.querySelectorAll('button, input')]
    .filter((control) => control.checkVisibility())
    .filter((control) => { const { width, height } = control.getBoundingClientRect(); return Math.min(width, height) < 24; })
    .map(({ id, textContent }) => id + textContent)
`;
