// The parts of a page. Text goes into the page as text only, never as markup.

/** The first element that a selector finds. */
export function find(selector, within = document) {
  return within.querySelector(selector);
}

/** An element with text in it. */
export function element(name, text = '', attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

/** Moves the focus to something that is no control, a heading say, so that reading goes on from there. */
export function moveTo(target) {
  if (target.tabIndex < 0) target.tabIndex = -1;
  target.focus();
}
