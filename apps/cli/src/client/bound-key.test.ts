import { expect, test } from 'vitest';
import { BoundKey } from './bound-key.ts';

test('a proof is not dated before the moment it was made, so a store that has just started takes it', () => {
  const now = 1_800_000_000_123;
  const key = new BoundKey('https://careward.example.org', { now: () => now });
  const proof = key.proof({ method: 'GET', path: '/api/v1/users/me', accessToken: undefined });
  const claims = JSON.parse(Buffer.from(proof.split('.')[1] ?? '', 'base64url').toString());
  expect(claims.iat).toBe(now / 1_000);
});
