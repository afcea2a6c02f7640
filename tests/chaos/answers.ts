import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { type Answer, TEST_PASSWORD, type TestClient } from '../../apps/server/test-harness/index.ts';

/** The server cannot just now. A write that it answers may have happened. */
export const UNAVAILABLE = 503;

/** Repeats what may be repeated while the server says that it cannot just now: on a busy machine a store may be too slow. */
export async function patiently<Body>(call: () => Promise<Answer<Body>>): Promise<Answer<Body>> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await call();
    if (answer.status !== UNAVAILABLE || attempt === 20) return answer;
    await delay(100);
  }
}

/** Signs in a member of the test clinics. */
export async function signedIn(nobody: TestClient, email: string): Promise<TestClient> {
  const credentials = { email, password: TEST_PASSWORD };
  const signIn = () => nobody.post<{ accessToken: string }>('/api/v1/auth/sign-in', credentials);
  const answer = await patiently(signIn);
  expectStatus(answer, 200);
  return nobody.with({ authorization: `Bearer ${answer.body.accessToken}` });
}

/** The answer has this status; its text says why not. */
export function expectStatus(answer: Answer, status: number): void {
  expect(answer.status, answer.text).toBe(status);
}

/** An answer that did not come, as against one that was wrong. */
export function isConnectionError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^E[A-Z]+$/.test(String(error.code));
}
