// The first administrator.
//
// Defends: a fresh server from whoever finds it first. There is no default password; the one-time code is printed where the operator
// starts the server, only its hash is kept, it expires, and it works once and only while there is no administrator.
import { createHash, randomBytes } from 'node:crypto';
import type { SetupRequest } from '@careward/api-schema';
import { type AccountId, type Clock, newId, Secret } from '@careward/kernel';
import type { PasswordHasher, PasswordPolicy } from '../../authentication/index.ts';
import type { IdentityContext } from '../../request-context/index.ts';
import type { SetupRepository } from './setup.repository.ts';
import { usersErrors } from './users.errors.ts';

/** How long a set-up code is good, in milliseconds. */
const SETUP_CODE_LIFETIME_MS = 60 * 60_000;

/** Opens and performs the set-up. */
export class SetupService {
  readonly #repository: SetupRepository;
  readonly #passwords: PasswordHasher;
  readonly #policy: PasswordPolicy;
  readonly #clock: Clock;

  constructor(repository: SetupRepository, passwords: PasswordHasher, policy: PasswordPolicy, clock: Clock) {
    this.#repository = repository;
    this.#passwords = passwords;
    this.#policy = policy;
    this.#clock = clock;
  }

  /** A new one-time code, or undefined when there is an administrator already. Every earlier code is void. */
  async open(context: IdentityContext): Promise<Secret<string> | undefined> {
    const code = randomBytes(20).toString('base64url');
    const expiresAt = new Date(this.#clock.now() + SETUP_CODE_LIFETIME_MS);
    const opened = await this.#repository.openSetup(context, hashOf(code), expiresAt);
    return opened ? Secret.of(code) : undefined;
  }

  /** Makes the first administrator, or refuses with `setup-refused`, or a password that is easy to guess. */
  async createAdministrator(
    context: IdentityContext,
    request: SetupRequest,
  ): Promise<{ accountId: AccountId }> {
    const { code, email, displayName, password } = request;
    if (!(await this.#repository.isSetupOpen(context, hashOf(code))))
      throw usersErrors.error('setup-refused');
    const owner = { words: [email, displayName], hasSecondFactor: false };
    await this.#policy.rejectWeak(password, owner, 'password');
    const id = newId<AccountId>(this.#clock);
    const account = { id, email, displayName, passwordHash: await this.#passwords.hash(password) };
    if (await this.#repository.createFirstAdministrator(context, hashOf(code), account))
      return { accountId: id };
    throw usersErrors.error('setup-refused');
  }
}

function hashOf(code: string): Buffer {
  return createHash('sha256').update(code, 'utf8').digest();
}
