// The only way out of this server to an identity provider.
//
// Defends: requests that a provider's documents aim at our own network (SSRF): the address is judged after the name was resolved, for
// the connection itself, so that a second answer of the name server changes nothing; answers that never end, in time and size;
// redirects, which are not followed; plain HTTP, which goes to this machine only, in development only.
// Does not judge what the answer says: openid-client does.
import { type LookupAddress, lookup } from 'node:dns';
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { CustomFetch, CustomFetchOptions } from 'openid-client';
import { openidErrors } from './openid.errors.ts';

/** Where requests may go and how long they may take. */
export interface OutboundPolicy {
  /** Refuse addresses that are not public, but for the listed ranges. */
  readonly isPublicOnly: boolean;
  readonly privateRanges: readonly string[];
  /** Allow http: to the loopback address. */
  readonly allowsPlainHttp: boolean;
  /** Of the whole exchange, from resolving the name to the last byte. */
  readonly timeoutMs: number;
}

const LARGEST_ANSWER_BYTES = 524_288;

/** A `fetch` for openid-client under a policy. Whatever keeps a usable answer away is `openid-provider-unavailable`. */
export function outboundRequest(policy: OutboundPolicy): CustomFetch {
  return async (address, options) => {
    try {
      const answer = await exchange(new URL(address), options, policy);
      if (answer.status >= 300 && answer.status < 400) throw new Error('answers with a redirect');
      if (answer.status >= 500) throw new Error(`answers with status ${answer.status}`);
      return answer;
    } catch (cause) {
      throw openidErrors.error('openid-provider-unavailable', { detail: reasonOf(cause) });
    }
  };
}

async function exchange(url: URL, options: CustomFetchOptions, policy: OutboundPolicy): Promise<Response> {
  rejectUnsafeTarget(url, policy);
  const body = options.body == null ? undefined : Buffer.from(String(options.body));
  const limit = AbortSignal.timeout(policy.timeoutMs);
  const request: RequestOptions = {
    method: options.method,
    headers: { ...options.headers, ...(body && { 'content-length': body.length }) },
    agent: false,
    lookup: guardedLookup(policy),
    signal: options.signal ? AbortSignal.any([limit, options.signal]) : limit,
  };
  const { promise, resolve, reject } = Promise.withResolvers<Response>();
  const sent = (url.protocol === 'http:' ? httpRequest : httpsRequest)(url, request);
  sent.on('error', reject).on('response', (answer) => void readAnswer(answer).then(resolve, reject));
  sent.end(body);
  return await promise;
}

async function readAnswer(answer: IncomingMessage): Promise<Response> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST_ANSWER_BYTES) throw new Error('answers with too much');
    chunks.push(chunk);
  }
  const type = answer.headers['content-type'];
  return new Response(size === 0 ? null : Buffer.concat(chunks), {
    status: answer.statusCode ?? 500,
    ...(type !== undefined && { headers: { 'content-type': type } }),
  });
}

/** Names are judged when they have been resolved; an address in the URL is never resolved, so it is judged here. */
function rejectUnsafeTarget(url: URL, policy: OutboundPolicy): void {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && policy.allowsPlainHttp))
    throw new Error('is to be asked without TLS');
  if (isIP(host) !== 0 && !isAllowed(host, policy, url.protocol)) throw refusedAddress();
  if (url.protocol === 'http:' && isIP(host) === 0 && host !== 'localhost') throw refusedAddress();
}

function guardedLookup(policy: OutboundPolicy): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null) return callback(error, []);
      const [first] = found;
      if (first === undefined || !found.every(({ address }) => isAllowed(address, policy)))
        return callback(refusedAddress(), []);
      return options.all === true ? callback(null, found) : callback(null, first.address, first.family);
    });
  };
}

function isAllowed(text: LookupAddress['address'], policy: OutboundPolicy, protocol = 'https:'): boolean {
  const address = ipaddr.process(text);
  const range = address.range();
  if (protocol === 'http:') return range === 'loopback';
  if (!policy.isPublicOnly || range === 'unicast') return true;
  return policy.privateRanges.some((listed) => isWithin(address, ipaddr.parseCIDR(listed)));
}

function isWithin(address: ipaddr.IPv4 | ipaddr.IPv6, range: ReturnType<typeof ipaddr.parseCIDR>): boolean {
  return address.kind() === range[0].kind() && address.match(range);
}

function refusedAddress(): Error {
  return new Error('is at an address that is not public and not listed');
}

/** What went wrong, without what was asked: codes of the system, or a text of this file. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'unknown';
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message;
}
