// The database's errors in Careward's terms.
//
// Defends: PHI and identifiers from logs and answers. PostgreSQL repeats values in messages and details ("Key (email)=(…) already
// exists"); neither the raw error nor its text is kept, only its code and the names of schema objects.
// Exception: syntax and privilege errors (class 42) name schema objects and never parameter values; their text is kept.
import { CarewardError } from '@careward/kernel';
import { persistenceErrors } from './persistence.errors.ts';

/** What is known of a failed statement: names of schema objects, never values. */
export interface DatabaseFailure {
  /** SQLSTATE, five characters (PostgreSQL, appendix A). */
  readonly sqlState: string;
  readonly constraint: string | undefined;
  readonly table: string | undefined;
}

const failures = new WeakMap<CarewardError, DatabaseFailure>();

/** What the database said about an error thrown by `persistence/`; undefined for any other error. */
export function databaseFailureOf(error: unknown): DatabaseFailure | undefined {
  return error instanceof CarewardError ? failures.get(error) : undefined;
}

/** Whether a unique key refused the row; with `constraint`, only that key. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  return isViolation('23505', error, constraint);
}

/** Whether a foreign key refused the row; with `constraint`, only that key. */
export function isForeignKeyViolation(error: unknown, constraint?: string): boolean {
  return isViolation('23503', error, constraint);
}

/** Whether a check constraint refused the row; with `constraint`, only that one. */
export function isCheckViolation(error: unknown, constraint?: string): boolean {
  return isViolation('23514', error, constraint);
}

/** Turns whatever the driver threw into a CarewardError; one that is a CarewardError already stays as it is. */
export function toCarewardError(error: unknown): CarewardError {
  if (error instanceof CarewardError) return error;
  const sqlState = sqlStateOf(error);
  if (sqlState === undefined) return connectionLost(error);
  const failure = { sqlState, constraint: textOf(error, 'constraint'), table: textOf(error, 'table') };
  const made = persistenceErrors.error(codeOf(sqlState), {
    detail: describe(failure, error),
    ...(isTransient(sqlState) && { retryAfterSeconds: 5 }),
  });
  failures.set(made, failure);
  return made;
}

/** The error of taking a connection: as {@link toCarewardError}, but a missing role means that the schema is not there yet. */
export function toConnectError(error: unknown): CarewardError {
  const sqlState = sqlStateOf(error);
  if (sqlState === '22023')
    return persistenceErrors.error('persistence-not-migrated', { retryAfterSeconds: 30 });
  if (sqlState === '42501' || sqlState?.startsWith('28')) {
    return persistenceErrors.error('persistence-login-refused', { detail: `SQLSTATE ${sqlState}` });
  }
  return toCarewardError(error);
}

/** Whether the same statements may succeed when run again, the first run having left nothing behind. */
export function isRetryable(error: unknown): boolean {
  const sqlState = sqlStateOf(error);
  return sqlState === '40001' || sqlState === '40P01' || isStalePlan(error, sqlState);
}

/** A prepared statement outlived a change of its tables; it is parsed anew on the next attempt. */
function isStalePlan(error: unknown, sqlState: string | undefined): boolean {
  return sqlState === '0A000' && textOf(error, 'routine') === 'RevalidateCachedQuery';
}

function isViolation(sqlState: string, error: unknown, constraint: string | undefined): boolean {
  const failure = databaseFailureOf(error);
  return failure?.sqlState === sqlState && (constraint === undefined || failure.constraint === constraint);
}

function codeOf(sqlState: string): Parameters<typeof persistenceErrors.error>[0] {
  if (isTransient(sqlState)) return 'persistence-unavailable';
  if (sqlState === '57014' || sqlState === '55P03' || sqlState === '25P03') return 'persistence-timeout';
  if (sqlState.startsWith('40')) return 'persistence-conflict';
  if (sqlState === '42501') return 'persistence-refused';
  if (['23505', '23503', '23P01'].includes(sqlState)) return 'persistence-constraint';
  if (sqlState.startsWith('22') || sqlState.startsWith('23')) return 'persistence-value-rejected';
  return 'persistence-statement-failed';
}

/** Connection, resource, shutdown and input/output classes: the statement is sound, the server is not. */
function isTransient(sqlState: string): boolean {
  return /^(08|53|58|57P|XX)/.test(sqlState);
}

/** The network's errors have a code; the driver's own, about connections and pools, are plain Errors with fixed texts. */
function connectionLost(error: unknown): CarewardError {
  const code = textOf(error, 'code');
  const driver = error instanceof Error && error.constructor === Error;
  if (code === undefined && !driver) {
    return persistenceErrors.error('persistence-statement-failed', {
      detail: textOf(error, 'name') ?? typeof error,
    });
  }
  const detail = code ?? textOf(error, 'message');
  return persistenceErrors.error('persistence-unavailable', { detail, retryAfterSeconds: 5 });
}

function describe(failure: DatabaseFailure, error: unknown): string {
  const objects = [failure.table, failure.constraint].filter((name) => name !== undefined);
  const text = failure.sqlState.startsWith('42') ? textOf(error, 'message') : undefined;
  return [`SQLSTATE ${failure.sqlState}`, ...objects, ...(text === undefined ? [] : [text])].join(' · ');
}

function sqlStateOf(error: unknown): string | undefined {
  const code = textOf(error, 'code');
  // Five characters with a digit: 'EPIPE' is a broken connection, not an SQLSTATE.
  return code !== undefined && /^(?=.*\d)[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

function textOf(error: unknown, property: string): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const value: unknown = Reflect.get(error, property);
  return typeof value === 'string' ? value : undefined;
}
