import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CarewardError, type Fault } from '@careward/kernel';
import { cliErrors } from './cli.errors.ts';
import { RefusedByServer } from './client/refused-by-server.ts';

const PAGES = join(import.meta.dirname, '../../../docs/errors');

/** Errors that only the operator of this machine meets: their detail names files and settings, never a person's data. */
const OPERATOR_CODES =
  /^(?:cli|configuration|home|connections|persistence|vault|ledger|audit|store|session-store|token-key|operator)-/;

/**
 * What the operator reads when a command fails: message with code, detail or faults, and what to do next. With `debug` the stack
 * follows. Of an error without a code only its kind is shown, because its message may quote data.
 */
export function failureText(error: unknown, debug: boolean): string[] {
  const known = error instanceof CarewardError || error instanceof RefusedByServer;
  const lines = known ? knownFailure(error) : unexpectedFailure(error);
  return debug ? [...lines, ...stackOf(error)] : lines;
}

function knownFailure(error: CarewardError | RefusedByServer): string[] {
  const facts = error instanceof CarewardError ? factsOf(error) : remoteFacts(error);
  return [`error: ${facts.message} [${facts.code}]`, ...facts.lines.map(indented), ...advice(facts.code)];
}

interface Facts {
  readonly code: string;
  readonly message: string;
  readonly lines: readonly string[];
}

/** Faults say what the detail says, in order; one of the two is enough. */
function factsOf({ code, publicMessage, detail, faults }: CarewardError): Facts {
  const shown = detail !== undefined && OPERATOR_CODES.test(code) ? detail.split('\n') : [];
  return { code, message: publicMessage, lines: faults?.length ? aligned(faults) : shown };
}

function remoteFacts({ problem }: RefusedByServer): Facts {
  const { code, title, detail, faults = [], reference } = problem;
  const found = reference === undefined ? [] : [`reference ${reference} finds it in the log of the server`];
  return { code, message: detail ?? title, lines: [...aligned(faults), ...found] };
}

function aligned(faults: readonly Fault[]): string[] {
  const width = Math.max(0, ...faults.map(({ path }) => path.length));
  return faults.map(({ path, message }) => `${path.padEnd(width)}  ${message}`);
}

function unexpectedFailure(error: unknown): string[] {
  const kind = error instanceof Error ? error.name : typeof error;
  const code = error instanceof Error && 'code' in error ? ` ${String(error.code)}` : '';
  return knownFailure(cliErrors.error('cli-unexpected', { detail: `${kind}${code}` }));
}

/** The advice stands once, in the page of the code. */
function advice(code: string): string[] {
  const page = join(PAGES, `${code}.md`);
  if (!/^[a-z0-9-]+$/.test(code) || !existsSync(page)) return [];
  const [, advised = ''] = readFileSync(page, 'utf8').split('\n## What to do\n');
  const lines = advised.trim().split('\n');
  return ['', 'what to do:', ...lines.map(indented)];
}

function indented(line: string): string {
  return line === '' ? '' : `  ${line}`;
}

function stackOf(error: unknown): string[] {
  const lines: string[] = [''];
  for (let each = error; each instanceof Error; each = each.cause) lines.push(each.stack ?? each.name);
  return lines;
}
