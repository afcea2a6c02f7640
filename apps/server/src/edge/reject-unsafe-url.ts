// What an address may look like.
//
// Defends against addresses that two parsers read differently (encoded separators, dot segments, repeated parameters), against
// control characters on their way into logs, and against credentials in addresses, which end in histories and access logs.
// Does not judge what parameters mean; schemas do.
import type { onRequestHookHandler } from 'fastify';
import { edgeErrors } from './edge.errors.ts';
import { urlRefusal } from './url-rules.ts';

/** What {@link rejectUnsafeUrl} may be told. */
export interface UnsafeUrlOptions {
  readonly maxCharacters: number;
  /** Parameters that may be given several times; none unless named. */
  readonly repeatable?: readonly string[];
}

/** Stage `url`: refuses with `edge-url-too-long`, `edge-url-unsafe`, `edge-query-repeated` or `edge-credential-in-url`. */
export function rejectUnsafeUrl({ maxCharacters, repeatable = [] }: UnsafeUrlOptions): onRequestHookHandler {
  const rules = { maxCharacters, repeatable: new Set(repeatable) };
  return (request, _reply, done) => {
    const refusal = urlRefusal(request.raw.url ?? '', rules);
    done(refusal && edgeErrors.error(refusal));
  };
}
