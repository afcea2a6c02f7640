// What the pages share: one announcement place, forms, sections. Text goes into the page as text only, never as markup.
import { Refusal } from './client.js';

const announcements = document.querySelector('#announcement');
const errors = document.querySelector('#error');

/** The first element that a selector finds. */
export function find(selector, within = document) {
  return within.querySelector(selector);
}

/** Tells what happened; screen readers say it without moving the focus. */
export function announce(text) {
  errors.textContent = '';
  announcements.textContent = text;
}

/** Shows one section of the page and no other, and moves the focus to its heading. */
export function show(id) {
  for (const section of document.querySelectorAll('main > section')) section.hidden = section.id !== id;
  const heading = find(`#${id} h2`);
  heading.tabIndex = -1;
  heading.focus();
}

/** Runs an action of the page itself, and tells when it fails. */
export function run(action) {
  return guarded([], action);
}

/** Runs an action of a button; while it runs, the button cannot be pressed again. */
export function onPress(button, action) {
  button.addEventListener('click', () => guarded([button], action));
}

/** Runs an action with the values of a form. Fields of passwords and codes are emptied afterwards. */
export function onSubmit(form, action) {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const values = Object.fromEntries(new FormData(form));
    return guarded([...form.elements], () => action(values)).finally(() => {
      for (const field of form.querySelectorAll('input[data-secret]')) field.value = '';
    });
  });
}

/** An element with text in it. */
export function element(name, text = '', attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

/** A button that runs an action; `about` says what it acts on, for whoever cannot see what it stands beside. */
export function button(text, about, action) {
  const made = element('button', text, { type: 'button', 'aria-label': `${text}: ${about}` });
  onPress(made, action);
  return made;
}

/** A time as people here write it. */
export function time(instant) {
  return new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' }).format(
    new Date(instant),
  );
}

/** The code in the address's fragment, which is taken out of the address bar and the history at once. */
export function takeCode() {
  const code =
    new URLSearchParams(location.hash.slice(1)).get('code') ?? decodeURIComponent(location.hash.slice(1));
  history.replaceState(null, '', location.pathname);
  return code;
}

async function guarded(controls, action) {
  errors.textContent = '';
  for (const control of controls) control.disabled = true;
  try {
    await action();
  } catch (error) {
    errors.textContent = textOf(error);
    errors.focus();
  } finally {
    for (const control of controls) control.disabled = false;
  }
}

function textOf(error) {
  if (error instanceof Refusal) {
    const faults = error.faults.map(({ path, message }) => `${path} ${message}`);
    return [error.message, ...faults].join(' ');
  }
  if (error?.name === 'NotAllowedError') return 'The device did not confirm. Try again, or use another way.';
  if (error?.name === 'InvalidStateError') return 'This device has a passkey for this account already.';
  return 'This did not work. Check the connection and try again.';
}
