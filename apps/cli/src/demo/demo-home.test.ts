import { afterEach, expect, test } from 'vitest';
import { createDemoHome, type DemoHome } from './demo-home.ts';

let home: DemoHome;
afterEach(() => home.remove());

/** All that the demonstration may decide: where it lives, where it listens, how much it tells and how often it signs. */
const DECIDED = [
  'CAREWARD_AUDIT_SEQUENCE_INTERVAL_MS',
  'CAREWARD_HOME',
  'CAREWARD_LOG_LEVEL',
  'CAREWARD_METRICS_PORT',
  'CAREWARD_PORT',
  'CAREWARD_PUBLIC_URL',
];

test('no defence is set, whatever the caller has set for a server of their own', async () => {
  home = await createDemoHome({ CAREWARD_SECOND_FACTOR_ROLES: 'none', CAREWARD_BEARER_ROLES: 'DOCTOR' });
  expect(Object.keys(home.environment).toSorted()).toEqual(DECIDED);
});

test('the port is fixed, so that the address stays the same through every restart', async () => {
  home = await createDemoHome({});
  const { CAREWARD_PORT, CAREWARD_PUBLIC_URL } = home.environment;
  expect(Number(CAREWARD_PORT)).toBeGreaterThan(0);
  expect(CAREWARD_PUBLIC_URL).toBe(`https://localhost:${CAREWARD_PORT}`);
});

test('a port of the caller is used', async () => {
  home = await createDemoHome({ CAREWARD_PORT: '23456' });
  expect(home.environment).toMatchObject({
    CAREWARD_PORT: '23456',
    CAREWARD_PUBLIC_URL: 'https://localhost:23456',
  });
});
