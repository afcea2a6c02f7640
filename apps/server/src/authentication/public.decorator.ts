import { SetMetadata } from '@nestjs/common';

/** How a route is entered: by anybody, or by any signed-in person. A route that says nothing needs a permission. */
export type RouteEntry = 'public' | 'signed-in';

/** Metadata key of {@link RouteEntry}. */
export const ROUTE_ENTRY = 'careward:route-entry';

/** Anybody may call the route; no token is looked at. */
export const Public = () => SetMetadata(ROUTE_ENTRY, 'public' satisfies RouteEntry);

/** Any signed-in person may call the route for themselves; it opens nothing of a clinic. */
export const SignedIn = () => SetMetadata(ROUTE_ENTRY, 'signed-in' satisfies RouteEntry);
