import { type AccountId, type ClinicId, newId } from '@careward/kernel';
import { sql } from 'kysely';
import { auditEntryInsert } from '../../audit/index.ts';
import type { EncryptionService, PlatformCipher } from '../../encryption/index.ts';
import type { Database, QueryBuilder, Statement } from '../../persistence/index.ts';
import type { ClinicIdentity } from '../../request-context/index.ts';
import { type MailText, mailInsert } from '../mail/index.ts';
import { makeVerifiedAccount, roleGrants, usersErrors } from '../users/index.ts';

/** A registration to be kept until its address is confirmed. */
export interface NewRegistration {
  readonly codeHash: Buffer;
  readonly email: string;
  readonly expiresAt: Date;
}

/** What the reader of the mail has chosen. */
export interface ChosenAccount {
  readonly id: AccountId;
  readonly displayName: string;
  readonly passwordHash: string;
}

/** A clinic that lets patients register, and the address of the account that the person has already. */
export interface RegistrationPlace {
  readonly clinicName: string;
  /** As the account has it, which may be written in another way than the one that was typed. */
  readonly accountEmail: string | undefined;
}

/** Registrations of the context's clinic. */
export class RegistrationRepository {
  readonly #database: Database;
  readonly #encryption: EncryptionService;

  constructor(database: Database, encryption: EncryptionService) {
    this.#database = database;
    this.#encryption = encryption;
  }

  /** Undefined when the clinic is not there or does not let patients register. */
  async findPlace(context: ClinicIdentity, email: string): Promise<RegistrationPlace | undefined> {
    const platform = await this.#encryption.forPlatform();
    const identity = this.#database.forIdentity(context);
    const [clinics, accounts] = await identity.batch([
      identity.build
        .selectFrom('clinic')
        .select('name')
        .where('id', '=', context.clinicId)
        .where('self_registration', '=', true),
      identity.build
        .selectFrom('account')
        .select(['id', 'email'])
        .where('email_index', '=', platform.emailIndex(email)),
    ]);
    const [[clinic], [account]] = [clinics, accounts];
    if (clinic === undefined) return undefined;
    const accountEmail = account && platform.open('account.email', account.id, account.email).reveal();
    return { clinicName: clinic.name, accountEmail };
  }

  /**
   * Keeps the registration unless the address has an account, in the place of an earlier one of that address, and writes the mail: the
   * same statements in both cases.
   */
  async request(
    context: ClinicIdentity,
    registration: NewRegistration,
    to: { readonly recipient: string; readonly mail: MailText },
  ): Promise<void> {
    const platform = await this.#encryption.forPlatform();
    const identity = this.#database.forIdentity(context);
    const { build } = identity;
    await identity.batch([
      build
        .deleteFrom('registration')
        .where('clinic_id', '=', context.clinicId)
        .where('expires_at', '<=', sql<Date>`now()`),
      keepUnlessAccount(build, platform, context.clinicId, registration),
      mailInsert(build, platform, to.recipient, to.mail),
      auditEntryInsert(build, entryOf('registration.request', null), context.clinicId),
    ]);
  }

  /** The address that this code would make an account for, and the clinic: asked before the work of hashing a password. */
  async findOpen(
    context: ClinicIdentity,
    codeHash: Buffer,
  ): Promise<{ email: string; clinicName: string } | undefined> {
    const platform = await this.#encryption.forPlatform();
    const identity = this.#database.forIdentity(context);
    const [row] = await identity.run(
      identity.build
        .selectFrom('registration as r')
        .innerJoin('clinic as c', 'c.id', 'r.clinic_id')
        .select(['r.id', 'r.email', 'c.name'])
        .where('r.clinic_id', '=', context.clinicId)
        .where('r.code_hash', '=', codeHash)
        .where('r.expires_at', '>', sql<Date>`now()`)
        .where('c.self_registration', '=', true),
    );
    if (row === undefined) return undefined;
    const email = platform.open('registration.email', row.id, row.email).reveal();
    return { email, clinicName: row.name };
  }

  /** Uses the code up and makes the account as a patient of the clinic, all or nothing; else `mailed-code-refused`. */
  async verify(context: ClinicIdentity, codeHash: Buffer, chosen: ChosenAccount): Promise<void> {
    const platform = await this.#encryption.forPlatform();
    const { clinicId } = context;
    await this.#database.forIdentity(context).transaction(async (tx) => {
      const [used] = await tx.run(useUp(tx.build, clinicId, codeHash));
      if (used === undefined) throw usersErrors.error('mailed-code-refused');
      const email = platform.open('registration.email', used.id, used.email).reveal();
      if (!(await makeVerifiedAccount(tx, platform, { ...chosen, email }, clinicId)))
        throw usersErrors.error('mailed-code-refused');
      await tx.batch([
        auditEntryInsert(tx.build, entryOf('registration.verify', used.id), clinicId),
        ...roleGrants(tx.build, clinicId, chosen.id, ['PATIENT']),
      ]);
    });
  }
}

function keepUnlessAccount(
  build: QueryBuilder,
  platform: PlatformCipher,
  clinicId: ClinicId,
  { codeHash, email, expiresAt }: NewRegistration,
): Statement {
  const id = newId();
  const index = platform.emailIndex(email);
  const sealedEmail = platform.seal('registration.email', id, email);
  return sql`insert into registration (clinic_id, id, code_hash, email, email_index, expires_at)
    select ${clinicId}::uuid, ${id}::uuid, ${codeHash}::bytea, ${sealedEmail}::bytea, ${index}::bytea, ${expiresAt}::timestamptz
    where not exists (select from account where email_index = ${index}::bytea)
    on conflict (clinic_id, email_index) do update set id = excluded.id, code_hash = excluded.code_hash, email = excluded.email,
      expires_at = excluded.expires_at`.compile(build);
}

/** A clinic that has closed meanwhile takes nobody any more. */
function useUp(build: QueryBuilder, clinicId: ClinicId, codeHash: Buffer) {
  return build
    .deleteFrom('registration')
    .where('clinic_id', '=', clinicId)
    .where('code_hash', '=', codeHash)
    .where('expires_at', '>', sql<Date>`now()`)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('clinic').select('id').where('id', '=', clinicId).where('self_registration', '=', true),
      ),
    )
    .returning(['id', 'email']);
}

function entryOf(action: string, id: string | null) {
  return { action, resourceType: 'registration', resourceId: id, outcome: 'success' } as const;
}
