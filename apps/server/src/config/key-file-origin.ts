import { readFileSync } from 'node:fs';

/** What a configured key file is, as far as the configuration asks: nothing but its `origin` is kept. */
export type KeyFileOrigin = 'operator' | 'development' | 'unreadable' | 'malformed';

/** Reads who made a key file. Every Careward key file is JSON with an `origin` of `operator` or `development`. */
export function keyFileOrigin(path: string): KeyFileOrigin {
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch {
    return 'unreadable';
  }
  return originOf(content);
}

function originOf(content: string): KeyFileOrigin {
  try {
    const parsed: unknown = JSON.parse(content);
    const origin =
      typeof parsed === 'object' && parsed !== null && 'origin' in parsed ? parsed.origin : undefined;
    return origin === 'operator' || origin === 'development' ? origin : 'malformed';
  } catch {
    return 'malformed';
  }
}
