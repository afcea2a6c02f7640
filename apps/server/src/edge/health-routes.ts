import type { FastifyRequest } from 'fastify';

/** Routes that answer however busy the server is: orchestrators would otherwise restart a server for having work. */
const HEALTH_ROUTES: ReadonlySet<string> = new Set(['/health/live', '/health/ready']);

/** True for the health routes; decided by the route that was matched, not by the text of the address. */
export function isHealthRoute(request: FastifyRequest): boolean {
  return !request.is404 && HEALTH_ROUTES.has(request.routeOptions.url ?? '');
}
