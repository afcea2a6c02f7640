// Who acts, where and why, as the database sees it.
//
// Defends: every statement from running outside a context. The context is the first statement of every transaction; it switches the
// role and makes the settings that policies and audit defaults read, all of them local to the transaction.
import type { ClinicContext, IdentityContext } from '../request-context/index.ts';
import type { WireStatement } from './exchange.ts';

/** The database roles that statements run in; each is granted what its rooms need. */
export type DatabaseRole = 'careward_app' | 'careward_identity' | 'careward_operator' | 'careward_sequencer';

const CONTEXT_TEXT = `select set_config('role', $1, true), set_config('app.clinic_id', $2, true),
  set_config('app.actor_id', $3, true), set_config('app.actor_role', $4, true), set_config('app.scope', $5, true),
  set_config('app.purpose', $6, true), set_config('app.request_id', $7, true), set_config('app.address', $8, true),
  set_config('app.agent', $9, true)`;

/** The statement that opens a transaction in a clinic. */
export function clinicStatement(context: ClinicContext): WireStatement {
  return contextStatement('careward_app', context, context.scope);
}

/** The statement that opens a transaction outside a clinic's rooms. */
export function identityStatement(
  role: 'careward_identity' | 'careward_operator',
  context: IdentityContext,
): WireStatement {
  return contextStatement(role, context, '');
}

/** The statement that opens a transaction of the ledger's sequencer, which acts for nobody. */
export function sequencerStatement(): WireStatement {
  const values = ['careward_sequencer', '', '', 'SYSTEM', '', '', '', '', ''];
  return { text: CONTEXT_TEXT, values, rowless: true };
}

function contextStatement(role: DatabaseRole, context: IdentityContext, scope: string): WireStatement {
  const { origin } = context;
  const values = [
    role,
    context.clinicId ?? '',
    context.actorId ?? '',
    context.actorRole,
    scope,
    context.purpose ?? '',
    origin.requestId,
    storable(origin.address),
    storable(origin.agent),
  ];
  return { text: CONTEXT_TEXT, values, rowless: true };
}

/** PostgreSQL text holds no NUL; what an attacker sends as a user agent must not fail the audit entry. */
function storable(text: string | null): string {
  return (text ?? '').replaceAll('\0', '\uFFFD');
}
