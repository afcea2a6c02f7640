import { expect, it } from 'vitest';
import { networkOf } from './network-of.ts';

it.each([
  ['192.0.2.77', '192.0.2.0/24'],
  ['::ffff:192.0.2.77', '192.0.2.0/24'],
  ['2001:db8:1:2:3::4', '2001:db8:1::/48'],
  ['', undefined],
  ['somewhere', undefined],
])('%s belongs to %s', (address, network) => expect(networkOf(address)).toBe(network));
