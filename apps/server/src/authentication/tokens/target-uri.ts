/** Characters that a URI may hold (RFC 3986, 2): no space, quotation mark, backslash or anything outside ASCII. */
const URI_CHARACTERS = /^[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]+$/;
const UNRESERVED = /^[A-Za-z0-9\-._~]$/;

/**
 * An http(s) URI without query and fragment in its normal form (RFC 3986, 6.2.2 and 6.2.3): case, escapes, dot segments, default
 * port, empty path. Undefined for what is no such URI, or names a user.
 */
export function normalTargetUri(text: string): string | undefined {
  if (!URI_CHARACTERS.test(text) || !/^https?:\/\/[^/]/i.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return undefined;
  const path = normalEscapes(url.pathname);
  return path === undefined ? undefined : url.origin + path;
}

/** Escapes of characters that need none are undone, the others are in upper case; undefined when one is broken. */
function normalEscapes(path: string): string | undefined {
  if (/%(?![0-9A-Fa-f]{2})/.test(path)) return undefined;
  return path.replaceAll(/%[0-9A-Fa-f]{2}/g, (encoded) => {
    const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16));
    return UNRESERVED.test(character) ? character : encoded.toUpperCase();
  });
}
