import { type AccountId, type ClinicId, newId, type SessionId } from '@careward/kernel';
import { fingerprintOf } from '../src/authentication/sessions/device-fingerprint.ts';
import { type Rights, writeSessionBody } from '../src/authentication/sessions/session-body.ts';
import type { Platform } from '../src/platform/index.ts';

/** A session as a test wants it, whether or not there is such an account. */
export interface PlantedSession {
  readonly accountId: AccountId;
  readonly rights: Rights;
  /** The clinic that the token names. */
  readonly clinicId: ClinicId | null;
  /** The User-Agent of the requests to come; '' for a client that sends none. */
  readonly agent?: string;
  /** How long ago the person proved themselves, in milliseconds; just now unless told. */
  readonly provenMsAgo?: number;
}

/** Puts a session into the store, vouched for, and gives a genuine bearer token of it. */
export async function plantSession(
  { stores, tokens }: Platform,
  { accountId, rights, clinicId, agent = '', provenMsAgo = 0 }: PlantedSession,
): Promise<string> {
  const sessionId = newId<SessionId>();
  const body = writeSessionBody({
    rights,
    ...{ clinicId, keyThumbprint: null, kind: 'api', deviceId: null, methods: ['pwd'] },
    ...{ provenAt: Date.now() - provenMsAgo, address: '', agent },
  });
  const lifetime = { idleMs: 600_000, absoluteMs: 600_000 };
  const numbers = { epoch: 0, rightsVersion: 0 };
  const made = { accountId, sessionId, ...lifetime, ...numbers, fingerprint: fingerprintOf(agent) };
  await stores.identity.create({ ...made, refreshHash: '', body }, { maximum: 100, atCap: 'end-oldest' });
  return tokens.issue({ accountId, sessionId, clinicId, keyThumbprint: null }).token;
}
