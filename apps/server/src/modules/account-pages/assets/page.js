// What the pages share: one place to announce, one for failures, forms, buttons, sections.
import { Refusal } from './client.js';
import { element, find, moveTo } from './elements.js';
import { clearFailure, showFailure } from './failures.js';
import { addPasswordSwitches } from './password-fields.js';

export { element, find, moveTo } from './elements.js';

const announcements = find('#announcement');
/** Forms and buttons whose action runs. */
const busy = new WeakSet();
addPasswordSwitches();

/** Tells what happened; screen readers say it without moving the focus. */
export function announce(text) {
  announcements.textContent = text;
}

/** Shows one section of the page and no other, and moves the focus to its heading, or where it is wanted. */
export function show(id, target = find(`#${id} h2`)) {
  for (const section of document.querySelectorAll('main > section')) section.hidden = section.id !== id;
  moveTo(target);
}

/** Runs an action of the page itself, and tells when it fails. */
export async function run(action) {
  await guarded(null, action);
}

/** Runs what a page begins with. A failure is shown with a way to try again. */
export async function begin(action) {
  const again = element('button', 'Try again', { type: 'button' });
  again.addEventListener('click', async () => {
    if (await begin(action)) moveTo(find('h1'));
  });
  return guarded(null, action, again);
}

/** Runs an action of a button. Pressed again while it runs it does nothing; it keeps the focus. */
export function onPress(button, action) {
  button.addEventListener('click', () => guarded(button, action));
}

/**
 * Runs an action with the values of a form; codes come without the spaces that they were typed or pasted with. Fields of passwords and
 * codes (`data-secret`) are emptied when the action has worked. Of a refusal of who somebody is, present passwords and codes are emptied,
 * being wrong or spent; whatever else is refused stays, to be put right.
 */
export function onSubmit(form, action) {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (busy.has(form)) return;
    const values = valuesOf(form);
    return guarded(form, async () => {
      try {
        await action(values);
        empty(form, 'input[data-secret]');
      } catch (error) {
        if (error instanceof Refusal && error.status === 401)
          empty(form, 'input[data-secret]:not([autocomplete=new-password])');
        throw error;
      }
    });
  });
}

/** A button that runs an action; `about` says what it acts on, for whoever cannot see what it stands beside. */
export function button(text, about, action) {
  const made = element('button', text, { type: 'button', 'aria-label': `${text}: ${about}` });
  onPress(made, action);
  return made;
}

/** A button that copies a text when it is pressed. */
export function onCopy(button, text) {
  onPress(button, async () => {
    try {
      await navigator.clipboard.writeText(text());
    } catch {
      return announce('The browser did not let this page copy. Select the text and copy it yourself.');
    }
    announce('Copied.');
  });
}

/** A time as the language of the page writes it. */
export function time(instant) {
  const { lang } = document.documentElement;
  return new Intl.DateTimeFormat(lang, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(instant));
}

/** A long secret in groups of four characters, to be read and typed. */
export function inGroups(secret) {
  return (secret.match(/.{1,4}/g) ?? []).join(' ');
}

/** The code in the address's fragment, which is taken out of the address bar and the history at once; '' where there is none. */
export function takeCode() {
  const fragment = new URLSearchParams(location.hash.slice(1));
  const code = fragment.get('code') ?? fragment.keys().next().value ?? '';
  history.replaceState(null, '', location.pathname);
  return code;
}

function valuesOf(form) {
  const values = Object.fromEntries(new FormData(form));
  for (const { name, value } of form.querySelectorAll('input[inputmode=numeric]'))
    values[name] = value.replaceAll(/\s/g, '');
  return values;
}

function empty(form, selector) {
  for (const field of form.querySelectorAll(selector)) field.value = '';
}

/** Gives whether the action worked. */
async function guarded(origin, action, ...waysOut) {
  if (busy.has(origin)) return false;
  announce('');
  clearFailure();
  try {
    if (origin !== null) mark(origin);
    await action();
    return true;
  } catch (error) {
    announce('');
    showFailure(error, origin, ...waysOut);
    return false;
  } finally {
    if (origin !== null) unmark(origin);
  }
}

function mark(origin) {
  busy.add(origin);
  origin.setAttribute('aria-busy', 'true');
}

function unmark(origin) {
  busy.delete(origin);
  origin.removeAttribute('aria-busy');
}
