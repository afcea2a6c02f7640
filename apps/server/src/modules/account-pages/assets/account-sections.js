// How the parts of the own account are filled, and filled again after a change.
import { call } from './client.js';
import { announce, element, find, moveTo } from './page.js';

const loaders = [];

/** Names what fills a part of the page. */
export function onLoad(loader) {
  loaders.push(loader);
}

/** Fills every part with what is so now. */
export async function load() {
  await Promise.all(loaders.map((loader) => loader()));
}

/** Fills a list; an empty one says so. */
export function fill(id, items) {
  find(`#${id}`).replaceChildren(...(items.length > 0 ? items : [element('li', 'None.')]));
}

/** An item of a list: its text, and what can be done with it. */
export function item(text, ...controls) {
  const made = element('li', `${text} `);
  made.append(...controls);
  return made;
}

/** Names as they can be told apart: those that are given to several get numbers. */
export function distinct(names) {
  const seen = new Map();
  return names.map((name) => {
    const number = (seen.get(name) ?? 0) + 1;
    seen.set(name, number);
    return names.indexOf(name) === names.lastIndexOf(name) ? name : `${name} (${number})`;
  });
}

/** Removes something. What had the focus is gone with it, so the heading of its part gets it. */
export async function remove(path, headingId, text) {
  await call('DELETE', path);
  await load();
  moveTo(find(`#${headingId}`));
  announce(text);
}
