import type { onRequestHookHandler } from 'fastify';
import { ProxyTrust } from './client-address.ts';

/** Stage `client-address`: puts the client's address into the request's origin. `trustedProxies`: CIDR ranges. */
export function resolveClientAddress(trustedProxies: readonly string[]): onRequestHookHandler {
  const trust = new ProxyTrust(trustedProxies);
  return (request, _reply, done) => {
    const header = request.headers['x-forwarded-for'];
    const forwardedFor = Array.isArray(header) ? header.join(',') : header;
    const address = trust.clientAddress(request.raw.socket.remoteAddress, forwardedFor);
    request.careward.origin = { ...request.careward.origin, address };
    done();
  };
}
