import ipaddr from 'ipaddr.js';

/** Neighbours in a data centre or in a telephone network have nothing to do with each other. */
const IPV4_BITS = 32;
/** A device takes new addresses inside its /64 every day (RFC 8981). */
const IPV6_BITS = 64;

/** What an address is counted as: an IPv4 address alone, an IPv6 address with its network; undefined for what is no address. */
export function networkOf(address: string): string | undefined {
  if (!ipaddr.isValid(address)) return undefined;
  const parsed = ipaddr.process(address);
  const bits = parsed.kind() === 'ipv4' ? IPV4_BITS : IPV6_BITS;
  const bytes = parsed.toByteArray().fill(0, bits / 8);
  return `${ipaddr.fromByteArray(bytes).toString()}/${bits}`;
}
