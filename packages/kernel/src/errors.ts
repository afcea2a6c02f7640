/**
 * The one error type of Careward and the tables it is made from.
 *
 * Defends callers outside (HTTP, sockets, the CLI's user) from learning internals: an error has a public message that
 * is fixed text, written once in a table, and a private `detail` for the log. Serialising an error to JSON yields the
 * public half only. It does not stop code from putting PHI into `detail`; that stays a rule of the author.
 */

/** What kind of refusal or failure this is; the HTTP layer alone turns it into a status code. */
export type ErrorCategory =
  | 'invalid-input'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'method-not-allowed'
  | 'conflict'
  | 'precondition-failed'
  | 'precondition-required'
  | 'too-large'
  | 'unsupported-media'
  | 'unprocessable'
  | 'rate-limited'
  | 'unavailable'
  | 'internal';

/** One thing wrong with an input. Public: `message` names the rule, never the value. `path` is a dotted path or ''. */
export interface Fault {
  readonly path: string;
  readonly message: string;
}

/** The fixed, public half of an error. `publicMessage` is one or two sentences that carry no input. */
export interface ErrorDefinition {
  readonly category: ErrorCategory;
  readonly publicMessage: string;
}

/** The half of an error that belongs to one occurrence. `detail` and `cause` are private; the rest is public. */
export interface ErrorExtra {
  readonly detail?: string | undefined;
  readonly cause?: unknown;
  readonly faults?: readonly Fault[] | undefined;
  readonly retryAfterSeconds?: number | undefined;
}

/** An expected failure with a stable code. `message` equals `publicMessage`; JSON holds the public half only. */
export class CarewardError extends Error {
  override readonly name = 'CarewardError';
  readonly code: string;
  readonly category: ErrorCategory;
  readonly publicMessage: string;
  readonly detail: string | undefined;
  readonly faults: readonly Fault[] | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: string, definition: ErrorDefinition, extra: ErrorExtra = {}) {
    super(definition.publicMessage, extra.cause === undefined ? undefined : { cause: extra.cause });
    this.code = code;
    this.category = definition.category;
    this.publicMessage = definition.publicMessage;
    this.detail = extra.detail;
    this.faults = extra.faults;
    this.retryAfterSeconds = extra.retryAfterSeconds;
  }

  /** The public half: safe to send to whoever caused the error. */
  toJSON(): PublicError {
    return {
      code: this.code,
      category: this.category,
      message: this.publicMessage,
      ...(this.faults && { faults: this.faults }),
      ...(this.retryAfterSeconds !== undefined && { retryAfterSeconds: this.retryAfterSeconds }),
    };
  }
}

/** What of an error may leave the process. */
export interface PublicError {
  readonly code: string;
  readonly category: ErrorCategory;
  readonly message: string;
  readonly faults?: readonly Fault[];
  readonly retryAfterSeconds?: number;
}

/** A package's or room's errors: `codes` to document and compare, `error` to make one. */
export interface ErrorTable<T extends Record<string, ErrorDefinition>> {
  readonly codes: Readonly<T>;
  error(code: keyof T & string, extra?: ErrorExtra): CarewardError;
}

/**
 * Declares the errors of one package or room. Codes are kebab-case; a table with any other code is refused at load.
 * @throws TypeError when a code is malformed
 */
export function errorTable<const T extends Record<string, ErrorDefinition>>(table: T): ErrorTable<T> {
  for (const code of Object.keys(table)) rejectMalformedCode(code);
  return {
    codes: table,
    error: (code, extra) => new CarewardError(code, definitionOf(table, code), extra),
  };
}

function rejectMalformedCode(code: string): void {
  if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)+$/.test(code)) throw new TypeError(`Malformed error code: ${code}`);
}

function definitionOf<T extends Record<string, ErrorDefinition>>(
  table: T,
  code: keyof T & string,
): ErrorDefinition {
  const definition = Object.hasOwn(table, code) ? table[code] : undefined;
  if (!definition) throw new TypeError(`Unknown error code: ${code}`);
  return definition;
}
