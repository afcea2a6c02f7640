// JSON objects of tokens, read in one way only.
//
// Defends against two readers of one token that see different things: JSON.parse takes the last of two equal members, other
// readers take the first. Bytes that are no UTF-8 are refused as well. Does not look at what the members say.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Strings, brackets and separators; everything between them is a number, a literal or white space. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]:,]/g;

/** The object that the bytes spell (RFC 8259), or undefined when they are no JSON object or hold a member twice. */
export function parseJsonObject(bytes: Uint8Array): Record<string, unknown> | undefined {
  try {
    const text = utf8.decode(bytes);
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject && !hasMemberTwice(text) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** Looks through text that JSON.parse has accepted: a string before a colon is the name of a member. */
function hasMemberTwice(text: string): boolean {
  const open: Set<string>[] = [];
  let lastString = '';
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === '{' || token === '[') open.push(new Set());
    else if (token === '}' || token === ']') open.pop();
    else if (token === ':') {
      const name = JSON.parse(lastString) as string;
      const names = open.at(-1);
      if (names === undefined || names.has(name)) return true;
      names.add(name);
    } else if (token !== ',') lastString = token;
  }
  return false;
}
