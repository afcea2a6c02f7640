// Admission control: no more work at once than the server can carry.
//
// Defends the requests that are in work from those that arrive: past the bound a request is refused at once, before its body is
// read, which costs microseconds. Health checks always pass. Does not tell good from bad requests; address limits do, behind it.
import type { onRequestHookHandler, onSendHookHandler } from 'fastify';
import type { Admission } from './admission.ts';
import { edgeErrors } from './edge.errors.ts';
import { isHealthRoute } from './health-routes.ts';

const RETRY_AFTER_SECONDS = 1;

/** Stage `admission`: takes a place or refuses with `edge-overloaded`. `onShed` hears of each refusal. Needs {@link settleRequest}. */
export function admitRequest(
  admission: Admission,
  onShed: () => void = () => undefined,
): onRequestHookHandler {
  return (request, reply, done) => {
    if (isHealthRoute(request)) return done();
    if (!admission.enter(request)) {
      onShed();
      return done(edgeErrors.error('edge-overloaded', { retryAfterSeconds: RETRY_AFTER_SECONDS }));
    }
    reply.raw.once('close', () => admission.closed(request, reply.raw.writableEnded));
    return done();
  };
}

/** `onSend` half of {@link admitRequest}: runs when the answer was produced, also when the client has gone. */
export function settleRequest(...admissions: readonly Admission[]): onSendHookHandler {
  return (request, _reply, _payload, done) => {
    for (const admission of admissions) admission.answered(request);
    done();
  };
}
