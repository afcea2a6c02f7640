import { expect, it } from 'vitest';
import { networkOf } from './network-of.ts';

it.each([
  ['192.0.2.77', '192.0.2.77/32'],
  ['192.0.2.78', '192.0.2.78/32'],
  ['::ffff:192.0.2.77', '192.0.2.77/32'],
  ['2001:db8:1:2:3::4', '2001:db8:1:2::/64'],
  ['2001:db8:1:3:3::4', '2001:db8:1:3::/64'],
  ['', undefined],
  ['somewhere', undefined],
])('%s belongs to %s', (address, network) => expect(networkOf(address)).toBe(network));
