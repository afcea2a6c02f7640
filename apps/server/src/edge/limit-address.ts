import type { FastifyReply, onRequestAsyncHookHandler } from 'fastify';
import type { Limit, LimitDecision } from '../connections/index.ts';
import { limitKeyOf } from './client-address.ts';
import { isHealthRoute } from './health-routes.ts';
import { type RateLimitService, rateLimited } from './rate-limit.service.ts';

/**
 * Stage `address-limit`: counts the request against its address (IPv6: its /64) and refuses with `edge-rate-limited`. Tells the
 * budget in `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers). Health routes are not counted.
 */
export function limitAddress(limits: RateLimitService): onRequestAsyncHookHandler {
  const limit = limits.limit('address');
  const policy = `"address";q=${limit.burst};w=${Math.ceil((limit.burst * limit.intervalMs) / 1_000)}`;
  return async (request, reply) => {
    if (isHealthRoute(request)) return;
    const decision = await limits.take('address', limitKeyOf(request.careward.origin.address));
    setRateLimitHeaders(reply, policy, limit, decision);
    if (!decision.allowed) throw rateLimited(decision);
  };
}

/** `t`: seconds until the whole budget is there again. */
function setRateLimitHeaders(
  reply: FastifyReply,
  policy: string,
  limit: Limit,
  decision: LimitDecision,
): void {
  const untilFullMs = (limit.burst - decision.remaining) * limit.intervalMs;
  reply.header('ratelimit-policy', policy);
  reply.header('ratelimit', `"address";r=${decision.remaining};t=${Math.ceil(untilFullMs / 1_000)}`);
}
