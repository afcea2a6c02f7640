import { SetMetadata } from '@nestjs/common';

/** How a route is entered: by anybody, or by any signed-in person. A route that says nothing needs a permission. */
export type RouteEntry = 'public' | 'signed-in';

/** Metadata key of {@link RouteEntry}. */
export const ROUTE_ENTRY = 'careward:route-entry';

/** Anybody may call the route; no token is looked at. */
export const Public = () => SetMetadata(ROUTE_ENTRY, 'public' satisfies RouteEntry);

/** Any signed-in person may call the route for themselves; it opens nothing of a clinic. */
export const SignedIn = () => SetMetadata(ROUTE_ENTRY, 'signed-in' satisfies RouteEntry);

/** Metadata key: how long ago the person may have proved themselves, in milliseconds. */
export const RECENT_PROOF = 'careward:recent-proof';

/** A proof is recent for this long, in milliseconds. */
export const RECENT_PROOF_MS = 5 * 60_000;

/** The person must have proved themselves in the last five minutes: for acts that would let a thief stay (RFC 9470). */
export const RecentProof = () => SetMetadata(RECENT_PROOF, RECENT_PROOF_MS);

/** Metadata key of {@link WhileDistrusted}. */
export const WHILE_DISTRUSTED = 'careward:while-distrusted';

/** The route is open to a session that looks as if somebody else had it: to prove oneself again, and to end sessions. */
export const WhileDistrusted = () => SetMetadata(WHILE_DISTRUSTED, true);
