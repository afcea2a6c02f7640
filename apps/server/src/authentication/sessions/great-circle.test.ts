import { expect, it } from 'vitest';
import { greatCircleKm } from './great-circle.ts';

const HELSINKI = { latitude: 60.17, longitude: 24.94 };
const TALLINN = { latitude: 59.44, longitude: 24.75 };
const NAIROBI = { latitude: -1.29, longitude: 36.82 };

it.each([
  ['Helsinki', 'Nairobi', HELSINKI, NAIROBI, 6_923],
  ['Helsinki', 'Tallinn', HELSINKI, TALLINN, 82],
  ['the poles', 'each other', { latitude: 90, longitude: 0 }, { latitude: -90, longitude: 77 }, 20_015],
  [
    'a place',
    'its opposite, past which rounding leads',
    { latitude: -46.54, longitude: 146.15 },
    { latitude: 46.54, longitude: -33.849999999999994 },
    20_015,
  ],
  ['both sides', 'the date line', { latitude: 0, longitude: 179.5 }, { latitude: 0, longitude: -179.5 }, 111],
])('%s to %s is known', (_from, _to, one, other, km) => {
  expect(Math.abs(greatCircleKm(one, other) - km)).toBeLessThan(km * 0.01);
});
