import { isIPv6 } from 'node:net';

/** Words of an IPv4 and of an IPv6 address, the most significant first, each of 32 bits. */
export const IPV4_WORDS = 1;
export const IPV6_WORDS = 4;

/** An address as numbers: one word for IPv4, four for IPv6. */
export type AddressWords = readonly number[];

const GROUPS = 8;
const DIGIT_0 = 48;
const DOT = 46;

/**
 * Reads an address. Undefined for what is none; IPv4 has four decimal parts, and an IPv4 address in IPv6 clothing is the IPv4 address
 * that it is. A zone is no part of an address.
 */
export function addressWords(text: string): AddressWords | undefined {
  const value = ipv4Value(text);
  if (value >= 0) return [value];
  if (text.includes('%') || !isIPv6(text)) return undefined;
  const [w0 = 0, w1 = 0, w2 = 0, w3 = 0] = ipv6Words(text);
  return w0 === 0 && w1 === 0 && w2 === 0xffff ? [w3] : [w0, w1, w2, w3];
}

/** @param text a valid IPv6 address without a zone */
function ipv6Words(text: string): number[] {
  const [head = '', tail = ''] = text.split('::');
  const [left, right] = [groupsOf(head), groupsOf(tail)];
  const zeros = Array<number>(GROUPS - left.length - right.length).fill(0);
  const groups = [...left, ...zeros, ...right];
  return [0, 2, 4, 6].map((at) => (groups[at] ?? 0) * 0x1_0000 + (groups[at + 1] ?? 0));
}

function groupsOf(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)];
    const value = ipv4Value(group);
    return [Math.floor(value / 0x1_0000), value % 0x1_0000];
  });
}

/** The number of a dotted address without leading zeros; -1 for anything else. */
function ipv4Value(text: string): number {
  if (text.length > 15) return -1;
  let value = 0;
  let part = -1;
  let dots = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === DOT) {
      if (part < 0) return -1;
      value = value * 256 + part;
      part = -1;
      dots += 1;
      continue;
    }
    const digit = code - DIGIT_0;
    // A second digit after 0 would be a leading zero, which some read as octal.
    if (digit < 0 || digit > 9 || part === 0) return -1;
    part = Math.max(part, 0) * 10 + digit;
    if (part > 255) return -1;
  }
  return dots === 3 && part >= 0 ? value * 256 + part : -1;
}
