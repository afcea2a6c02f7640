export { Admission } from './admission.ts';
export { admitRequest, settleRequest } from './admit-request.ts';
export { assignRequestId } from './assign-request-id.ts';
export { AcceptsBody, type BodyRule } from './body-rule.ts';
export { checkOrigin } from './check-origin.ts';

export { limitKeyOf } from './client-address.ts';
export { isHealthRoute } from './health-routes.ts';
export { type BodyLimits, limitBody } from './limit-body.ts';
export { listenerOptions } from './listener-options.ts';
export { limitsFrom, RateLimitService, rateLimited } from './rate-limit.service.ts';
export { rateLimitHeaders } from './rate-limit-headers.ts';
export { BODY_TYPES, readBody } from './read-body.ts';
export { rejectUnsafeUrl } from './reject-unsafe-url.ts';
export { TakesIdempotencyKey, TakesIfMatch } from './request-headers.ts';
export { resolveClientAddress } from './resolve-client-address.ts';
export { Returns, ReturnsAccepted, ReturnsNothing } from './route-response.ts';
export { setSecurityHeaders } from './set-security-headers.ts';
