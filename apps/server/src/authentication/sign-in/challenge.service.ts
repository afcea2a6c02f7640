// What waits between the steps of a sign-in.
//
// Defends: the second step from whoever did not take the first. A challenge is a random value that one client got; what it stands for is
// kept in the store for five minutes, bound to account, client key and kind of client, and is taken once. Its name in the store is
// a digest, so whoever reads the store holds no challenge.
// Does not count attempts: they count against the account, over all of its challenges (lockout.service.ts).
import { createHash, randomBytes } from 'node:crypto';
import type { SignInResult } from '@careward/api-schema';
import { asAccountId } from '@careward/kernel';
import * as z from 'zod';
import type { IdentityStore } from '../../connections/index.ts';
import { authenticationErrors } from '../authentication.errors.ts';
import { fingerprintOf } from '../sessions/device-fingerprint.ts';
import type { AuthenticationMethod, ClientBinding } from '../sessions/session-types.ts';
import { asDeviceId } from './known-device.ts';

/** How long a person has for the next step. */
const CHALLENGE_LIVES_MS = 5 * 60_000;
const CHALLENGE_BYTES = 32;

const methodSchema = z.enum(['pwd', 'otp', 'rcv', 'hwk', 'user', 'fed', 'mfa', 'legacy']);
const stateSchema = z.object({
  /** `second-factor`: the person has one to show. `enrolment`: the person has to add one. */
  purpose: z.enum(['second-factor', 'enrolment']),
  accountId: z.string().transform(asAccountId),
  /** How the person has proved themselves so far. */
  methods: z.array(methodSchema).readonly(),
  clinicId: z.string().optional(),
  /** The known device of the sign-in; null for a stranger's. */
  device: z.string().transform(asDeviceId).nullable(),
  /** A digest of the password hash that the password fitted; null where none was asked for. */
  passwordMark: z.string().nullable(),
  keyThumbprint: z.string().nullable(),
  kind: z.enum(['api', 'browser']),
  fingerprint: z.string(),
});

/** A sign-in between two steps. */
export type SignInChallenge = z.output<typeof stateSchema>;

/** What is known when a challenge is made; the client is added to it. */
export type ChallengeStart = Pick<
  SignInChallenge,
  'purpose' | 'accountId' | 'methods' | 'device' | 'passwordMark'
>;

/** How other factors take part in a sign-in of several steps. */
export interface SignInChallenges {
  /** What a challenge stands for, to the client that got it. Refuses with `authentication-challenge-invalid`. Uses nothing up. */
  read(challenge: string, client: ClientBinding): Promise<SignInChallenge>;
  /**
   * Ends a sign-in with a factor that was just checked, or in an enrolment just added. Refuses with `authentication-challenge-invalid`
   * when somebody else was faster.
   */
  complete(
    challenge: string,
    client: ClientBinding,
    methods: readonly AuthenticationMethod[],
  ): Promise<SignInResult>;
}

/** Keeps challenges. */
export class ChallengeService {
  readonly #store: Pick<IdentityStore, 'keep' | 'peek' | 'take'>;

  constructor(store: Pick<IdentityStore, 'keep' | 'peek' | 'take'>) {
    this.#store = store;
  }

  /** A challenge for the client's next step; `expiresIn` in seconds. */
  async open(
    start: ChallengeStart,
    client: ClientBinding,
  ): Promise<{ challenge: string; expiresIn: number }> {
    const challenge = randomBytes(CHALLENGE_BYTES).toString('base64url');
    const { clinicId, ...bound } = { clinicId: client.clinicId, ...boundTo(client) };
    const state = { ...start, ...bound, ...(clinicId !== undefined && { clinicId }) };
    await this.#store.keep(nameOf(challenge), JSON.stringify(state), CHALLENGE_LIVES_MS);
    return { challenge, expiresIn: CHALLENGE_LIVES_MS / 1_000 };
  }

  /** What a challenge stands for. Refuses with `authentication-challenge-invalid`. */
  async read(challenge: string, client: ClientBinding): Promise<SignInChallenge> {
    return opened(await this.#store.peek(nameOf(challenge)), client);
  }

  /** Uses a challenge up; two takers cannot both have it. */
  async take(challenge: string, client: ClientBinding): Promise<SignInChallenge> {
    await this.read(challenge, client);
    return opened(await this.#store.take(nameOf(challenge)), client);
  }
}

function opened(kept: string | undefined, client: ClientBinding): SignInChallenge {
  if (kept === undefined) throw authenticationErrors.error('authentication-challenge-invalid');
  const state = stateSchema.parse(JSON.parse(kept));
  const { keyThumbprint, kind, fingerprint } = boundTo(client);
  if (state.keyThumbprint !== keyThumbprint || state.kind !== kind || state.fingerprint !== fingerprint)
    throw authenticationErrors.error('authentication-challenge-invalid', { detail: 'another client' });
  return state;
}

function boundTo({ keyThumbprint, kind, origin }: ClientBinding) {
  return { keyThumbprint, kind, fingerprint: fingerprintOf(origin.agent) };
}

function nameOf(challenge: string): string {
  return `sign-in:${createHash('sha256').update(challenge).digest('base64url')}`;
}
