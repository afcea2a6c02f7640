// What went wrong, in words, beside what went wrong.
//
// One summary for the page. It takes the focus, which is how a screen reader comes to say it, and once; so it is no live region.
// Fields that the refusal names are marked, and each is tied to its own text (WCAG 2.2, 3.3.1 and 4.1.2).
import { Refusal } from './client.js';
import { element, find, moveTo } from './elements.js';

const summary = find('#error');
const marks = [];
const SIGNED_OUT = [
  'authentication-required',
  'authentication-token-invalid',
  'authentication-session-ended',
  'authentication-refresh-refused',
];

/** Takes away what the last failure left. */
export function clearFailure() {
  summary.replaceChildren();
  for (const unmark of marks.splice(0)) unmark();
}

/** Shows a failure beside its origin: in front of the fields of a form, below the heading of a button's section, else at the top. */
export function showFailure(error, origin, ...more) {
  const refusal = error instanceof Refusal ? error : { faults: [], code: '' };
  const faults = refusal.faults.map((fault) => faultItem(fault, origin));
  summary.replaceChildren(element('p', textOf(error)));
  if (faults.length > 0) summary.append(list(faults));
  if (SIGNED_OUT.includes(refusal.code)) summary.append(element('a', 'Sign in', { href: '/sign-in' }));
  summary.append(...more);
  place(origin);
  moveTo(summary);
}

function place(origin) {
  if (origin?.closest('[hidden]') === null && origin instanceof HTMLFormElement) origin.prepend(summary);
  else headingOf(origin).after(summary);
}

function headingOf(origin) {
  const section = origin?.closest('[hidden]') ? null : origin?.closest('section');
  return section?.querySelector('h2, h3') ?? find('h1');
}

function list(items) {
  const made = element('ul');
  made.append(...items);
  return made;
}

/** One fault as a line of the summary: a link to its field, where the form has it. */
function faultItem({ path, message }, origin) {
  const field = origin instanceof HTMLFormElement ? origin.elements.namedItem(path) : null;
  const item = element('li');
  if (!(field instanceof HTMLInputElement)) {
    item.textContent = `${path} ${message}`;
    return item;
  }
  mark(field, message);
  const link = element('a', `${field.labels[0]?.textContent ?? path}: ${message}`, { href: `#${field.id}` });
  link.addEventListener('click', (event) => {
    event.preventDefault();
    field.focus();
  });
  item.append(link);
  return item;
}

function mark(field, message) {
  const id = `${field.id}-fault`;
  const text = element('p', message, { id, class: 'fault' });
  const described = field.getAttribute('aria-describedby');
  field.before(text);
  field.setAttribute('aria-invalid', 'true');
  field.setAttribute('aria-describedby', described === null ? id : `${id} ${described}`);
  marks.push(() => {
    text.remove();
    field.removeAttribute('aria-invalid');
    if (described === null) field.removeAttribute('aria-describedby');
    else field.setAttribute('aria-describedby', described);
  });
}

function textOf(error) {
  if (error instanceof Refusal) return [error.message, ...waiting(error.retryAfterSeconds)].join(' ');
  if (error?.name === 'NotAllowedError') return 'The device did not confirm. Try again, or use another way.';
  if (error?.name === 'InvalidStateError') return 'This device has a passkey for this account already.';
  return 'This did not work. Check the connection and try again.';
}

function waiting(seconds) {
  if (seconds === undefined) return [];
  if (seconds <= 1) return ['Try again in a second.'];
  if (seconds < 90) return [`Try again in ${Math.ceil(seconds)} seconds.`];
  return [`Try again in ${Math.ceil(seconds / 60)} minutes.`];
}
