// What of an error may appear in a log line: its kind and where it was thrown, never its text.
//
// Defends against messages that quote input: drivers put the offending row into theirs, parsers the offending text, and our own
// `detail` is written for people, not checked by anything. Kind, code and stack frames find the fault all the same.
import { CarewardError } from '@careward/kernel';

/** The loggable half of an error and of what caused it, outermost first. */
export interface LoggedError {
  readonly name: string;
  readonly code?: string;
  readonly category?: string;
  readonly frames?: readonly string[];
}

const DEEPEST_CAUSE = 5;
const MOST_FRAMES = 15;

/** The error and its causes, without any message. A thrown value that is no Error is described by its type alone. */
export function loggedErrors(error: unknown): LoggedError[] {
  const logged: LoggedError[] = [];
  for (
    let current = error;
    current !== undefined && logged.length < DEEPEST_CAUSE;
    current = causeOf(current)
  ) {
    logged.push(loggedError(current));
  }
  return logged;
}

function loggedError(error: unknown): LoggedError {
  if (!(error instanceof Error)) return { name: error === null ? 'null' : typeof error };
  const code = codeOf(error);
  return {
    name: nameOf(error),
    ...(code !== undefined && { code }),
    ...(error instanceof CarewardError && { category: error.category }),
    frames: framesOf(error),
  };
}

/** The class's own name; an instance's `name` can be set to anything. */
function nameOf(error: Error): string {
  const { name } = error.constructor;
  return /^[A-Za-z]{1,60}$/.test(name) ? name : 'Error';
}

/** Codes of Node, Postgres (SQLSTATE) and Careward. */
function codeOf(error: Error): string | undefined {
  const code = 'code' in error ? error.code : undefined;
  if (typeof code !== 'string') return undefined;
  return /^(?:E[A-Z0-9]{3,20}|[A-Z]+(?:_[A-Z0-9]+){1,8}|(?=.*\d)[0-9A-Z]{5}|[a-z][a-z0-9]*(?:-[a-z0-9]+){1,7})$/.test(
    code,
  )
    ? code
    : undefined;
}

/** The stack begins with the message, which may have several lines and may imitate frames: it is cut off by its length. */
function framesOf(error: Error): string[] {
  const stack = typeof error.stack === 'string' ? error.stack : '';
  const message = typeof error.message === 'string' ? error.message : '';
  const messageAt = stack.indexOf(message);
  if (messageAt < 0) return [];
  return stack
    .slice(messageAt + message.length)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /^at [\w$.<>[\] ]*\(?(?:file:\/\/|node:|\/)[^\s()]*:\d+:\d+\)?$/.test(line))
    .slice(0, MOST_FRAMES);
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}
