// The licence to touch one clinic's rows.
//
// Defends: tenant data from a statement that forgot, guessed or was talked into another clinic. Every repository needs a
// ClinicContext; its constructor is private and branded, so none can be made up from a look-alike object.
// Does not check membership itself: `tenancy/` does, and is the only caller of `grant`.
import type { Role } from '@careward/access-policy';
import type { AccountId, ClinicId } from '@careward/kernel';
import type { PurposeOfUse } from './purpose-of-use.ts';
import type { RequestOrigin } from './request-origin.ts';

/** What acts in no role of a clinic: the operator at the command line, the server itself, an account before any role, nobody known. */
export type SystemActor = 'OPERATOR' | 'SYSTEM' | 'ACCOUNT' | 'ANONYMOUS';

/** `clinic`: every row of the clinic. `own`: only rows linked to the acting account. Enforced by the database as well. */
export type RowScope = 'clinic' | 'own';

/** The plain values of a {@link ClinicContext}. */
export interface ClinicGrant {
  readonly clinicId: ClinicId;
  readonly actorId: AccountId | null;
  readonly actorRole: Role | SystemActor;
  readonly purpose: PurposeOfUse | null;
  readonly scope: RowScope;
  readonly origin: RequestOrigin;
}

/** One clinic, one actor, one purpose: what a tenant statement runs under. Immutable. */
export class ClinicContext {
  readonly #grant: ClinicGrant;

  private constructor(grant: ClinicGrant) {
    this.#grant = Object.freeze({ ...grant });
  }

  /** Makes a context. Only for code that has just checked the membership. */
  static grant(grant: ClinicGrant): ClinicContext {
    return new ClinicContext(grant);
  }

  get clinicId(): ClinicId {
    return this.#grant.clinicId;
  }
  get actorId(): AccountId | null {
    return this.#grant.actorId;
  }
  get actorRole(): Role | SystemActor {
    return this.#grant.actorRole;
  }
  get purpose(): PurposeOfUse | null {
    return this.#grant.purpose;
  }
  get scope(): RowScope {
    return this.#grant.scope;
  }
  get origin(): RequestOrigin {
    return this.#grant.origin;
  }
}

/** What a statement outside any clinic's rooms runs under: accounts, set-up, sign-in, audit of refusals. Opens no PHI table. */
export interface IdentityContext {
  readonly clinicId: ClinicId | null;
  readonly actorId: AccountId | null;
  readonly actorRole: Role | SystemActor;
  readonly purpose: PurposeOfUse | null;
  readonly origin: RequestOrigin;
}

/** An identity context inside one clinic: its memberships, not its records. */
export type ClinicIdentity = IdentityContext & { readonly clinicId: ClinicId };
