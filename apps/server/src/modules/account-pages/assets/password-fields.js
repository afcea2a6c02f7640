// Lets people look at the password that they type, so that long ones can be typed (WCAG 2.2, 3.3.8; NIST SP 800-63B-4, 3.1.1.2). A password
// is masked again before its form is sent: what stays on a screen is never readable.
import { element } from './elements.js';

/** Puts a switch behind each field of a password. */
export function addPasswordSwitches() {
  for (const field of document.querySelectorAll('input[type=password]')) addSwitch(field);
}

function addSwitch(field) {
  const name = (field.labels[0]?.textContent ?? 'password').replace(/^an? /i, '').toLowerCase();
  const toggle = element('button', '', { type: 'button', class: 'switch', 'aria-controls': field.id });
  const mask = (isMasked) => {
    field.type = isMasked ? 'password' : 'text';
    toggle.textContent = `${isMasked ? 'Show' : 'Hide'} ${name}`;
  };
  toggle.addEventListener('click', () => mask(field.type === 'text'));
  field.form?.addEventListener('submit', () => mask(true));
  mask(true);
  field.after(toggle);
}
