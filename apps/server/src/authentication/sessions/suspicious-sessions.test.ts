import { asAccountId, asSessionId, newId } from '@careward/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_PLACES, type Place, type PlaceLookup } from '../../connections/index.ts';
import { greatCircleKm } from './great-circle.ts';
import type { OwnSession } from './session-parts.ts';
import { findSuspicious } from './suspicious-sessions.ts';

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 5, 1);
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const ACCOUNT = asAccountId(newId());

interface Facts {
  readonly address?: string;
  readonly agent?: string;
  /** Hours before now. */
  readonly begun?: number;
  readonly seen?: number;
  readonly proven?: number;
}

const PLACES = {
  '192.0.2.1': { country: 'FI', label: 'Helsinki', latitude: 60.17, longitude: 24.94 },
  '192.0.2.2': { country: 'EE', label: 'Tallinn', latitude: 59.44, longitude: 24.75 },
  '198.51.100.1': { country: 'KE', label: 'Nairobi', latitude: -1.29, longitude: 36.82 },
  '203.0.113.1': { country: 'DE', label: 'Berlin', latitude: 52.52, longitude: 13.4 },
} as const;
const places = placesOf(PLACES);

function placesOf(table: Readonly<Record<string, Place>>): PlaceLookup {
  return { find: (address) => table[address] };
}

function session({
  address = '',
  agent = FIREFOX,
  begun = 1,
  seen = begun,
  proven = begun,
}: Facts): OwnSession {
  const createdAt = NOW - begun * HOUR;
  return {
    record: {
      accountId: ACCOUNT,
      sessionId: asSessionId(newId()),
      createdAt,
      lastSeenAt: NOW - seen * HOUR,
      idleMs: 100 * HOUR,
      absoluteExpiresAt: NOW + 100 * HOUR,
      epoch: 0,
      rightsVersion: 0,
      fingerprint: '0'.repeat(16),
      needsProof: false,
      body: '',
    },
    body: {
      rights: { platformRole: null, memberships: [] },
      clinicId: null,
      keyThumbprint: null,
      kind: 'browser',
      deviceId: null,
      methods: ['pwd'],
      provenAt: NOW - proven * HOUR,
      address,
      agent,
    },
  };
}

/** The reasons of each session, in the order in which they were given. */
function reasonsOf(facts: readonly Facts[], lookup = places): string[] {
  const sessions = facts.map(session);
  const found = findSuspicious(sessions, NOW, lookup);
  return sessions.map(
    ({ record }) => found.find(({ sessionId }) => sessionId === record.sessionId)?.reasons.join(' ') ?? '',
  );
}

const [ONE, TWO, THREE, FOUR] = ['10.0.1.1', '10.0.1.2', '10.0.1.3', '2001:db8::1'].map((address) => ({
  address,
}));

describe('findSuspicious', () => {
  it.each<[string, Facts[], string[]]>([
    ['nothing of an ordinary session', [{ address: '192.0.2.1' }], ['']],
    ['an empty agent', [{ agent: '  ' }], ['odd-agent']],
    ['a crawler', [{ agent: 'Mozilla/5.0 (compatible; Googlebot/2.1)' }], ['odd-agent']],
    ['no odd agent whose person has proved themselves since', [{ agent: '', begun: 2, proven: 1 }], ['']],
    ['a session left alone for more than a day', [{ begun: 30, seen: 24.1 }], ['long-idle']],
    ['no session left alone for just a day', [{ begun: 30, seen: 24 }], ['']],
    [
      'four addresses, neighbours too',
      [ONE, TWO, THREE, FOUR] as Facts[],
      Array<string>(4).fill('many-addresses'),
    ],
    [
      'not three addresses, and not those of one IPv6 network',
      [ONE, TWO, FOUR, { address: '2001:db8::2' }, { address: '' }] as Facts[],
      ['', '', '', '', ''],
    ],
    [
      'four addresses, and not who has proved themselves since the last came',
      [
        { ...ONE, begun: 9, proven: 1 },
        { ...TWO, begun: 8, proven: 7 },
        { ...THREE, begun: 7 },
        { ...FOUR, begun: 5 },
      ],
      ['', 'many-addresses', 'many-addresses', 'many-addresses'],
    ],
    [
      'nothing where a known address comes again after the proof',
      [...[ONE, TWO, THREE, FOUR].map((one) => ({ ...one, begun: 9, proven: 5 })), { ...ONE, begun: 3 }],
      Array<string>(5).fill(''),
    ],
    [
      'Helsinki to Nairobi in five hours, both',
      [
        { address: '192.0.2.1', begun: 6 },
        { address: '198.51.100.1', begun: 1 },
      ],
      ['impossible-travel', 'impossible-travel'],
    ],
    [
      'not Helsinki to Nairobi in ten hours',
      [
        { address: '192.0.2.1', begun: 11 },
        { address: '198.51.100.1', begun: 1 },
      ],
      ['', ''],
    ],
    ['not Helsinki and Tallinn at once', [{ address: '192.0.2.1' }, { address: '192.0.2.2' }], ['', '']],
    [
      'travel past a session whose place is not known',
      [
        { address: '192.0.2.1', begun: 3 },
        { address: '10.0.0.1', begun: 2 },
        { address: '203.0.113.1', begun: 2.9 },
      ],
      ['impossible-travel', '', 'impossible-travel'],
    ],
    [
      'no travel that was proved since',
      [
        { address: '192.0.2.1', begun: 6, proven: 0.5 },
        { address: '198.51.100.1', begun: 5 },
      ],
      ['', 'impossible-travel'],
    ],
    [
      'every reason, each once',
      [
        { address: '192.0.2.1', agent: 'curl/8.0', begun: 30, seen: 25 },
        { address: '198.51.100.1', begun: 29 },
      ],
      ['odd-agent long-idle impossible-travel', 'long-idle impossible-travel'],
    ],
  ])('finds %s', (_, facts, expected) => expect(reasonsOf(facts)).toEqual(expected));

  it('takes the moment of sign-in for no renewed proof although two clocks differ', () => {
    const late = session({ agent: '' });
    const body = { ...late.body, provenAt: late.record.createdAt + 10_000 };
    expect(findSuspicious([{ ...late, body }], NOW, NO_PLACES)).toHaveLength(1);
    const proven = { ...late.body, provenAt: late.record.createdAt + 10_001 };
    expect(findSuspicious([{ ...late, body: proven }], NOW, NO_PLACES)).toEqual([]);
  });

  it('knows no travel without a table of places', () => {
    const facts = [{ address: '192.0.2.1' }, { address: '198.51.100.1' }];
    expect(reasonsOf(facts, NO_PLACES)).toEqual(['', '']);
  });
});

describe('findSuspicious, for any sessions', () => {
  const degrees = (most: number) => fc.double({ min: -most, max: most, noNaN: true });
  const position = () => fc.record({ latitude: degrees(90), longitude: degrees(180) });
  const facts = () =>
    fc.record({
      address: fc.constantFrom(
        '',
        '192.0.2.1',
        '198.51.100.1',
        '203.0.113.1',
        '10.0.0.1',
        '10.0.1.1',
        '2001:db8::1',
      ),
      agent: fc.constantFrom(FIREFOX, '', 'curl/8.0'),
      begun: fc.integer({ min: 1, max: 60 }),
      seen: fc.integer({ min: 0, max: 40 }),
      proven: fc.integer({ min: 0, max: 60 }),
    });
  const sessions = () => fc.array(facts().map(session), { maxLength: 8 });

  it('says the same in whatever order they come', () => {
    fc.assert(
      fc.property(
        sessions().chain((all) =>
          fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
        ),
        ([all, shuffled]) => {
          const sorted = (found: ReturnType<typeof findSuspicious>) =>
            found.toSorted((one, other) => (one.sessionId < other.sessionId ? -1 : 1));
          expect(sorted(findSuspicious(shuffled, NOW, places))).toEqual(
            sorted(findSuspicious(all, NOW, places)),
          );
        },
      ),
    );
  });

  it('names each at most once, with at least one reason and none twice', () => {
    fc.assert(
      fc.property(sessions(), (all) => {
        const found = findSuspicious(all, NOW, places);
        const ids = found.map(({ sessionId }) => sessionId);
        expect(new Set(ids).size).toBe(ids.length);
        for (const id of ids) expect(all.some(({ record }) => record.sessionId === id)).toBe(true);
        for (const { reasons } of found) {
          expect(reasons.length).toBeGreaterThan(0);
          expect(new Set(reasons).size).toBe(reasons.length);
        }
      }),
    );
  });

  it('suspects nobody who has just proved themselves everywhere', () => {
    fc.assert(
      fc.property(sessions(), (all) => {
        const proven = all.map(({ record, body }) => ({ record, body: { ...body, provenAt: NOW } }));
        const reasons = findSuspicious(proven, NOW, places).flatMap((found) => found.reasons);
        expect(reasons).toEqual([]);
      }),
    );
  });

  it('never counts places that are closer than 200 km, and always those that are farther and entered at once', () => {
    fc.assert(
      fc.property(position(), position(), fc.integer({ min: 0, max: 20 }), (one, other, hours) => {
        const km = greatCircleKm(one, other);
        fc.pre(Math.abs(km - 200 - 900 * hours) > 1);
        const name = { country: 'FI', label: '' };
        const lookup = placesOf({ '10.0.0.1': { ...name, ...one }, '10.0.0.2': { ...name, ...other } });
        const found = reasonsOf(
          [
            { address: '10.0.0.1', begun: 1 + hours },
            { address: '10.0.0.2', begun: 1 },
          ],
          lookup,
        );
        const expected = km > 200 + 900 * hours ? 'impossible-travel' : '';
        expect(found).toEqual([expected, expected]);
      }),
    );
  });

  it('is a distance: the same both ways, none to itself, at most half around', () => {
    fc.assert(
      fc.property(position(), position(), (one, other) => {
        const km = greatCircleKm(one, other);
        expect(km).toBeCloseTo(greatCircleKm(other, one), 6);
        expect(greatCircleKm(one, one)).toBe(0);
        expect(km).toBeLessThanOrEqual(Math.PI * 6_371);
      }),
    );
  });
});
