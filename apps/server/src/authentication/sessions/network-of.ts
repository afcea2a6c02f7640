import ipaddr from 'ipaddr.js';

/** IPv4 is routed in blocks of /24 at the least, and telephone networks move their customers about within one. */
const IPV4_BITS = 24;
/** A site gets a /48 to a /56 of IPv6 (RFC 6177); its devices change addresses inside it every day. */
const IPV6_BITS = 48;

/** The network that an address belongs to, as far as one can tell; undefined for what is no address. */
export function networkOf(address: string): string | undefined {
  if (!ipaddr.isValid(address)) return undefined;
  const parsed = ipaddr.process(address);
  const bits = parsed.kind() === 'ipv4' ? IPV4_BITS : IPV6_BITS;
  const bytes = parsed.toByteArray().fill(0, bits / 8);
  return `${ipaddr.fromByteArray(bytes).toString()}/${bits}`;
}
