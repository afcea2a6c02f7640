import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limitKeyOf, ProxyTrust } from './client-address.ts';

const trust = new ProxyTrust(['10.0.0.0/8', 'fd00::/8']);
const stranger = '203.0.113.9';

describe('the client address', () => {
  it.each([
    ['a stranger is never believed', stranger, '198.51.100.1', stranger],
    ['a trusted proxy is', '10.0.0.1', '198.51.100.1', '198.51.100.1'],
    [
      'trusted hops are skipped from the right',
      '10.0.0.1',
      '198.51.100.1, 10.0.0.3, 10.0.0.2',
      '198.51.100.1',
    ],
    ['what the client put in front is not read', '10.0.0.1', '1.1.1.1, 198.51.100.1', '198.51.100.1'],
    [
      'a client cannot pose as a proxy in front of its own address',
      '10.0.0.1',
      '1.1.1.1, 10.9.9.9, 198.51.100.1',
      '198.51.100.1',
    ],
    ['an unreadable entry ends the reading', '10.0.0.1', '198.51.100.1, unknown, 10.0.0.2', '10.0.0.2'],
    ['only proxies: the outermost of them', '10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
    ['an empty header', '10.0.0.1', '', '10.0.0.1'],
    ['ports are dropped', '10.0.0.1', '198.51.100.1:4711', '198.51.100.1'],
    ['ports of IPv6 are dropped', '10.0.0.1', '[2001:db8::1]:4711', '2001:db8::1'],
    ['an IPv4-mapped peer is the IPv4 proxy it is', '::ffff:10.0.0.1', '198.51.100.1', '198.51.100.1'],
    ['an IPv4-mapped entry is an IPv4 client', '10.0.0.1', '::ffff:198.51.100.1', '198.51.100.1'],
    ['octal and short forms are unreadable', '10.0.0.1', '0306.051.0144.01', '10.0.0.1'],
    ['an IPv6 proxy', 'fd00::1', '2001:DB8:0:0::1', '2001:db8::1'],
    ['a zone is dropped', 'fe80::1%eth0', undefined, 'fe80::1'],
    ['no peer', undefined, '198.51.100.1', ''],
  ])('%s', (_name, peer, forwardedFor, expected) => {
    expect(trust.clientAddress(peer, forwardedFor)).toBe(expected);
  });

  it('is never decided by anything that stands left of the first stranger from the right', () => {
    const noise = fc.string({ maxLength: 40 });
    fc.assert(
      fc.property(
        noise,
        fc.ipV4().filter((ip) => !ip.startsWith('10.')),
        (left, client) => {
          expect(trust.clientAddress('10.0.0.1', `${left},${client}`)).toBe(client);
          expect(trust.clientAddress(stranger, `${left},${client}`)).toBe(stranger);
        },
      ),
    );
  });

  it('is looked for in the twenty nearest hops only', () => {
    const hops = Array.from({ length: 30 }, (_, i) => `10.0.1.${i}`);
    expect(trust.clientAddress('10.0.0.1', ['198.51.100.1', ...hops].join(', '))).toBe('10.0.1.10');
  });

  it('takes no longer for a header that is very long', () => {
    const started = performance.now();
    trust.clientAddress('10.0.0.1', '10.0.0.2,'.repeat(100_000));
    expect(performance.now() - started).toBeLessThan(200);
  });
});

describe('the key that limits count by', () => {
  it('is the whole IPv4 address and the /64 of an IPv6 address', () => {
    expect(limitKeyOf('198.51.100.1')).toBe('198.51.100.1');
    expect(limitKeyOf('::ffff:198.51.100.1')).toBe('198.51.100.1');
    expect(limitKeyOf('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64');
    expect(limitKeyOf('')).toBe('unknown');
  });

  it('is one for all addresses of a /64, however they are written', () => {
    fc.assert(
      fc.property(
        fc.tuple(...Array.from({ length: 4 }, () => fc.integer({ min: 0, max: 0xffff }))),
        (host) => {
          const text = host.map((part) => part.toString(16)).join(':');
          expect(limitKeyOf(`2001:db8:1:2:${text}`)).toBe('2001:db8:1:2::/64');
          expect(limitKeyOf(`2001:DB8:1:3:${text}`)).toBe('2001:db8:1:3::/64');
        },
      ),
    );
  });
});
