// Whose address a request comes from.
//
// Defends limits, bans and the audit trail from clients that choose their address: X-Forwarded-For is believed only as far as
// trusted proxies wrote it, read from the right. Does not defend against a proxy that passes a client's header on as its own;
// proxies have to append.
import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Range = [Address, number];

/** The most forwarded entries that are read; a chain of proxies is shorter. */
const MOST_HOPS = 20;
const NETWORK_PREFIX_BYTES = 8;

/** Tells trusted proxies from everybody else. */
export class ProxyTrust {
  readonly #ranges: readonly Range[];

  /** @param ranges CIDR ranges */
  constructor(ranges: readonly string[]) {
    this.#ranges = ranges.map((range) => ipaddr.parseCIDR(range));
  }

  /** The client's address, in canonical form; empty when the peer's own address is unknown. */
  clientAddress(peer: string | undefined, forwardedFor: string | undefined): string {
    let client = canonical(peer);
    if (client === undefined) return '';
    if (forwardedFor === undefined || !this.#isTrusted(client)) return client.toString();
    for (const entry of forwardedFor.split(',').slice(-MOST_HOPS).reverse()) {
      const hop = canonical(withoutPort(entry.trim()));
      // What stands left of an unreadable entry was not written by a proxy that is trusted.
      if (hop === undefined) break;
      client = hop;
      if (!this.#isTrusted(hop)) break;
    }
    return client.toString();
  }

  #isTrusted(address: Address): boolean {
    return this.#ranges.some((range) => range[0].kind() === address.kind() && address.match(range));
  }
}

/**
 * What limits count by: an IPv4 address whole, an IPv6 address by its /64, since that is the least that one customer gets.
 * Unknown addresses share one key.
 */
export function limitKeyOf(address: string): string {
  const parsed = canonical(address);
  if (parsed === undefined) return 'unknown';
  if (parsed.kind() === 'ipv4') return parsed.toString();
  const network = parsed.toByteArray().fill(0, NETWORK_PREFIX_BYTES);
  return `${ipaddr.fromByteArray(network).toString()}/64`;
}

/** An address without its zone; an IPv4 address in IPv6 clothing becomes the IPv4 address it is. */
function canonical(text: string | undefined): Address | undefined {
  const address = text?.replace(/%.*$/, '') ?? '';
  if (!ipaddr.IPv4.isValidFourPartDecimal(address) && !ipaddr.IPv6.isValid(address)) return undefined;
  return ipaddr.process(address);
}

/** Some proxies write `192.0.2.1:4711` or `[2001:db8::1]:4711`. */
function withoutPort(entry: string): string {
  const bracketed = /^\[([^\]]+)\](?::\d{1,5})?$/.exec(entry)?.[1];
  return bracketed ?? entry.replace(/^(\d{1,3}(?:\.\d{1,3}){3}):\d{1,5}$/, '$1');
}
