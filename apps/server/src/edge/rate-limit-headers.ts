import type { FastifyReply } from 'fastify';
import type { Limit, LimitDecision } from '../connections/index.ts';

/** Tells the budget of an address in `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers). */
export function rateLimitHeaders(limit: Limit): (reply: FastifyReply, decision: LimitDecision) => void {
  const policy = `"address";q=${limit.burst};w=${Math.ceil((limit.burst * limit.intervalMs) / 1_000)}`;
  return (reply, { remaining }) => {
    const untilFullMs = (limit.burst - remaining) * limit.intervalMs;
    reply.header('ratelimit-policy', policy);
    // `t`: seconds until the whole budget is there again.
    reply.header('ratelimit', `"address";r=${remaining};t=${Math.ceil(untilFullMs / 1_000)}`);
  };
}
