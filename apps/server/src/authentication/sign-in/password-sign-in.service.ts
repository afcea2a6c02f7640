// Sign-in by e-mail address and password: the first step.
//
// Defends: accounts from guessing (lockout.service.ts) and from being found: an unknown address, a wrong password, a closed account and
// one without a password are answered alike, after the same work, with an entry each.
// Does not decide whether the password is enough: see sign-in-flow.ts.
import type { IncomingHttpHeaders } from 'node:http';
import type { SignInRequest, SignInResult } from '@careward/api-schema';
import { CarewardError } from '@careward/kernel';
import type { RequestOrigin } from '../../request-context/index.ts';
import { authenticationErrors } from '../authentication.errors.ts';
import { readCookie } from '../gate/credentials.ts';
import type { DecoyHashes } from '../passwords/decoy-hashes.ts';
import type { PasswordHasher } from '../passwords/password-hasher.ts';
import type { ClientBinding } from '../sessions/session-types.ts';
import type { AccountRepository, SignInAccount, SignInLookup } from './account.repository.ts';
import { actingAs } from './acting-as.ts';
import { DEVICE_COOKIE, type DeviceTokens } from './known-device.ts';
import type { AttemptSubject, LockoutService } from './lockout.service.ts';
import type { SignInFlow } from './sign-in-flow.ts';

/** What the service works with. */
export interface PasswordSignInParts {
  readonly accounts: AccountRepository;
  readonly deviceTokens: DeviceTokens;
  readonly lockout: LockoutService;
  readonly passwords: PasswordHasher;
  readonly decoys: DecoyHashes;
  readonly flow: SignInFlow;
}

/** An account whose password fitted. */
interface Opened {
  readonly account: SignInAccount;
  readonly passwordHash: string;
}

/** Takes e-mail addresses and passwords. */
export class PasswordSignInService {
  readonly #parts: PasswordSignInParts;

  constructor(parts: PasswordSignInParts) {
    this.#parts = parts;
  }

  /** The next step of whoever knows the password. Refuses with `authentication-failed` or `authentication-locked`. */
  async signIn(
    client: ClientBinding,
    request: SignInRequest,
    headers: IncomingHttpHeaders = {},
  ): Promise<SignInResult> {
    const { accounts, deviceTokens, lockout, flow } = this.#parts;
    const { origin } = client;
    const claim = await deviceTokens.read(request.deviceToken ?? readCookie(headers, DEVICE_COOKIE));
    const found = await accounts.findForSignIn(origin, request.email, claim);
    const opened = await lockout.judge('password', subjectOf(found), origin, () =>
      this.#open(origin, found, request.password),
    );
    if (opened === undefined) {
      await accounts.recordFailure(origin, found.account?.id, 'sign-in.password');
      throw authenticationErrors.error('authentication-failed');
    }
    const person = { accountId: opened.account.id, methods: ['pwd'] } as const;
    return flow.proceed({ ...client, device: found.device }, person, opened.passwordHash);
  }

  async #open(
    origin: RequestOrigin,
    { account, emailIndex }: SignInLookup,
    password: string,
  ): Promise<Opened | undefined> {
    const { passwords, decoys } = this.#parts;
    const present = account?.passwordHash;
    const decoy = await decoys.of(Buffer.from(emailIndex, 'base64url'));
    const { fits, isOutdated } = await passwords.check(password, present, 'sign-in', decoy);
    if (account === undefined || present === undefined || !fits || !account.active) return undefined;
    const passwordHash = isOutdated ? await this.#upgrade(origin, account, present, password) : present;
    return { account, passwordHash };
  }

  /** The hash that is in force afterwards. A server that is too busy to hash does so at the next sign-in. */
  async #upgrade(origin: RequestOrigin, { id }: SignInAccount, before: string, password: string) {
    try {
      const after = await this.#parts.passwords.hash(password);
      await this.#parts.accounts.upgradeHash(actingAs(origin, id), before, after);
      return after;
    } catch (error) {
      if (error instanceof CarewardError && error.code === 'authentication-busy') return before;
      throw error;
    }
  }
}

function subjectOf({ account, device, emailIndex }: SignInLookup): AttemptSubject {
  if (account === undefined || device === null) return { device: 'stranger', target: emailIndex };
  return { device: 'known', accountId: account.id, deviceId: device };
}
