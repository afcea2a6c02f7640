import type { Role } from '@careward/access-policy';
import { type AccountId, type ClinicId, newId, type SessionId } from '@careward/kernel';
import { sql } from 'kysely';
import { auditEntryInsert } from '../../audit/index.ts';
import type { AccountNumbers } from '../../connections/index.ts';
import type { Database, ScopedDatabase, Statement } from '../../persistence/index.ts';
import type { IdentityContext, Membership } from '../../request-context/index.ts';
import type { Rights } from './session-body.ts';

/** A context whose actor is known. */
export type ActingContext = IdentityContext & { readonly actorId: AccountId };

/** What the database says of an account at this moment. */
export interface Standing {
  readonly active: boolean;
  readonly numbers: AccountNumbers;
  readonly rights: Rights;
  /** Whether tokens of an older issuer still name the account. */
  readonly takesOlderTokens: boolean;
  /** True when the session asked about has been ended. */
  readonly isRevoked: boolean;
}

/** Sessions that end, and why. */
export interface SessionEnd {
  readonly sessionIds: readonly SessionId[];
  readonly accountId: AccountId;
  /** Audit action; `session.end` for what the person did. */
  readonly action: 'session.end' | 'session.end-by-cap' | 'session.end-by-reuse';
  readonly expiresAt: Date;
  /** `all`: tokens of the older issuer are over as well, also those that were never seen here. */
  readonly olderTokens?: 'all';
}

/** Sessions that had to go for a new one of the same account, and what its person is told. */
export interface CappedSessions {
  readonly sessionIds: readonly SessionId[];
  readonly expiresAt: Date;
  readonly notices: readonly Statement[];
}

/** What became of a session that was to end for another one. `hasEnded`: by this, and not before by something else. */
export interface Renewal {
  readonly hasEnded: boolean;
  readonly numbers: AccountNumbers;
}

/** What of sessions the database decides and keeps. */
export class SessionRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Status, numbers and rights in one statement list: they belong to one moment. Undefined when there is no such account. */
  async standing(context: ActingContext, sessionId: SessionId | null): Promise<Standing | undefined> {
    const identity = this.#database.forIdentity(context);
    const [accounts, memberships, revocations] = await identity.batch([
      selectNumbers(identity, context.actorId),
      selectMemberships(identity, context.actorId),
      identity.build
        .selectFrom('session_revocation')
        .select('session_id')
        .where('session_id', '=', sessionId),
    ]);
    const [account] = accounts;
    if (account === undefined) return undefined;
    const platformRole = account.platform_role === 'SUPER_ADMIN' ? 'SUPER_ADMIN' : null;
    return {
      active: account.status === 'active',
      numbers: { epoch: account.session_epoch, rightsVersion: account.rights_version },
      rights: { platformRole, memberships: byClinic(memberships) },
      takesOlderTokens: account.takes_older_tokens,
      isRevoked: revocations.length > 0,
    };
  }

  /** Writes that a session began, and which ones ended for it: entries, and what the person is shown. Answers the account's numbers before. */
  async recordStart(
    context: ActingContext,
    sessionId: SessionId,
    capped?: CappedSessions,
  ): Promise<AccountNumbers> {
    const identity = this.#database.forIdentity(context);
    const accountId = context.actorId;
    const [[account]] = await identity.batch([
      selectNumbers(identity, accountId),
      auditEntryInsert(identity.build, entryOf('session.create', sessionId), null),
      securityEvent(identity, context, 'session.create', sessionId),
      ...(capped ? endsByCap(identity, context, capped) : []),
    ]);
    return numbersIn(account);
  }

  /** Writes that a session was refreshed. */
  async recordRefresh(context: ActingContext, sessionId: SessionId): Promise<void> {
    const identity = this.#database.forIdentity(context);
    await identity.run(auditEntryInsert(identity.build, entryOf('session.refresh', sessionId), null));
  }

  /**
   * Writes that sessions ended, so that no store can bring them back. Answers the account's numbers, of which one is raised: a store that
   * was not told asks about every session of the account, not only about the one that is used first.
   */
  async recordEnd(
    context: ActingContext,
    end: SessionEnd,
    more: readonly Statement[] = [],
  ): Promise<AccountNumbers> {
    const identity = this.#database.forIdentity(context);
    const [[account]] = await identity.batch([
      raiseRightsVersion(identity, end.accountId),
      ...this.ends(context, end),
      ...more,
    ]);
    return numbersIn(account);
  }

  /** The statements that sessions ended, for a transaction that raises one of the account's numbers by itself. */
  ends(context: ActingContext, end: SessionEnd): readonly Statement[] {
    const identity = this.#database.forIdentity(context);
    const revoked = revocations(identity, context, end);
    return end.olderTokens === 'all' ? [...revoked, refuseOlderTokens(identity, end.accountId)] : revoked;
  }

  /**
   * Writes that a session ended because its person proved themselves again, unless it has ended already: of any number who ask at once
   * one ends it. Answers the account's numbers then.
   */
  async recordRenewal(context: ActingContext, sessionId: SessionId, expiresAt: Date): Promise<Renewal> {
    const { actorId: accountId } = context;
    return this.#database.forIdentity(context).transaction(async (tx) => {
      const [[account], inserted] = await tx.batch([
        selectNumbers(tx, accountId).forUpdate(),
        revocation(tx, { session_id: sessionId, account_id: accountId, expires_at: expiresAt }).returning(
          'session_id',
        ),
      ]);
      if (inserted.length === 0) return { hasEnded: false, numbers: numbersIn(account) };
      const [[raised]] = await tx.batch([
        raiseRightsVersion(tx, accountId),
        auditEntryInsert(tx.build, entryOf('session.renew', sessionId), null),
        securityEvent(tx, context, 'session.renew', sessionId),
      ]);
      return { hasEnded: true, numbers: numbersIn(raised) };
    });
  }

  /** Raises the account's epoch: every session made before is over. Answers the new numbers. */
  async endAll(context: ActingContext, accountId: AccountId): Promise<AccountNumbers> {
    const identity = this.#database.forIdentity(context);
    const [raised] = await identity.batch([
      identity.build
        .updateTable('account')
        .set((eb) => ({ session_epoch: eb('session_epoch', '+', 1) }))
        .where('id', '=', accountId)
        .returning(['session_epoch', 'rights_version']),
      auditEntryInsert(
        identity.build,
        { action: 'session.end-all', resourceType: 'account', resourceId: accountId, outcome: 'success' },
        context.clinicId,
      ),
    ]);
    return numbersIn(raised[0]);
  }

  /** Raises every account's epoch. */
  async endEverybody(context: ActingContext): Promise<void> {
    const identity = this.#database.forIdentity(context);
    const ended = { action: 'session.end-everybody', resourceType: 'account', outcome: 'success' } as const;
    await identity.batch([
      identity.build.updateTable('account').set((eb) => ({ session_epoch: eb('session_epoch', '+', 1) })),
      auditEntryInsert(identity.build, ended, context.clinicId),
    ]);
  }

  /** The account's numbers at this moment. */
  async numbersOf(context: IdentityContext, accountId: AccountId): Promise<AccountNumbers> {
    const identity = this.#database.forIdentity(context);
    const [row] = await identity.run(selectNumbers(identity, accountId));
    return numbersIn(row);
  }

  /** Removes what has served its time. Answers how much. */
  async removeExpired(context: IdentityContext): Promise<number> {
    const identity = this.#database.forIdentity(context);
    const removed = await identity.run(
      identity.build
        .deleteFrom('session_revocation')
        .where('expires_at', '<', sql<Date>`now()`)
        .returning('session_id'),
    );
    return removed.length;
  }
}

function numbersIn(
  row: { readonly session_epoch: number; readonly rights_version: number } | undefined,
): AccountNumbers {
  if (row === undefined) throw new Error('an account that is not there');
  return { epoch: row.session_epoch, rightsVersion: row.rights_version };
}

function selectNumbers(identity: Pick<ScopedDatabase, 'build'>, accountId: AccountId) {
  return identity.build
    .selectFrom('account')
    .select(['status', 'platform_role', 'session_epoch', 'rights_version', 'takes_older_tokens'])
    .where('id', '=', accountId);
}

function selectMemberships(identity: ScopedDatabase, accountId: AccountId) {
  return identity.build
    .selectFrom('membership')
    .select(['clinic_id', 'role'])
    .where('account_id', '=', accountId)
    .orderBy('clinic_id')
    .orderBy('role');
}

function raiseRightsVersion(identity: Pick<ScopedDatabase, 'build'>, accountId: AccountId) {
  return identity.build
    .updateTable('account')
    .set((eb) => ({ rights_version: eb('rights_version', '+', 1) }))
    .where('id', '=', accountId)
    .returning(['session_epoch', 'rights_version']);
}

function refuseOlderTokens(identity: ScopedDatabase, accountId: AccountId): Statement {
  return identity.build.updateTable('account').set({ takes_older_tokens: false }).where('id', '=', accountId);
}

function revocation(
  identity: Pick<ScopedDatabase, 'build'>,
  row: { readonly session_id: SessionId; readonly account_id: AccountId; readonly expires_at: Date },
) {
  return identity.build
    .insertInto('session_revocation')
    .values(row)
    .onConflict((conflict) => conflict.column('session_id').doNothing());
}

function revocations(identity: ScopedDatabase, context: ActingContext, end: SessionEnd): Statement[] {
  const { sessionIds, accountId, action, expiresAt } = end;
  const row = { account_id: accountId, expires_at: expiresAt };
  return sessionIds.flatMap((sessionId) => [
    revocation(identity, { session_id: sessionId, ...row }),
    auditEntryInsert(identity.build, entryOf(action, sessionId), context.clinicId),
    securityEvent(identity, { ...context, actorId: accountId }, action, sessionId),
  ]);
}

function endsByCap(
  identity: ScopedDatabase,
  context: ActingContext,
  { notices, ...ended }: CappedSessions,
): Statement[] {
  const end = { ...ended, accountId: context.actorId, action: 'session.end-by-cap' } as const;
  return [raiseRightsVersion(identity, end.accountId), ...revocations(identity, context, end), ...notices];
}

/** The statement that shows the person what happened to their account. */
export function securityEvent(
  identity: Pick<ScopedDatabase, 'build'>,
  { actorId, origin }: Pick<ActingContext, 'actorId' | 'origin'>,
  kind: string,
  sessionId: SessionId | null,
): Statement {
  return identity.build.insertInto('security_event').values({
    account_id: actorId,
    id: newId(),
    kind,
    address: origin.address,
    agent: origin.agent,
    session_id: sessionId,
  });
}

function entryOf(action: string, sessionId: SessionId) {
  return { action, resourceType: 'session', resourceId: sessionId, outcome: 'success' } as const;
}

function byClinic(rows: readonly { clinic_id: string; role: string }[]): Membership[] {
  const clinics = Map.groupBy(rows, (row) => row.clinic_id);
  return [...clinics].map(([clinicId, held]) => ({
    clinicId: clinicId as ClinicId,
    roles: held.map((row) => row.role as Role),
  }));
}
