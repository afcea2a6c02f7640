// Which fields may appear in a log line.
//
// Defends patients and accounts from their data ending in logs: a field is written only when its name is in this list and its
// value has the form that the list asks for. Everything else is dropped without a trace, whatever object it came in. A deny-list
// fails open the first time something sensitive has a new name; this list fails closed.
// Does not defend against PHI that has the form of an id or a code; do not make such fields.
import { isUuid } from '@careward/kernel';
import ipaddr from 'ipaddr.js';

/** The fields that code may hand to the logger. All optional; values of another form are dropped. */
export interface LogFields {
  readonly requestId?: string | null;
  readonly accountId?: string | null;
  readonly sessionId?: string | null;
  readonly clinicId?: string | null;
  /** Client address. */
  readonly address?: string | null;
  readonly method?: string;
  /** The pattern of a route (`/patients/:id`), never the address that was asked for. */
  readonly route?: string;
  readonly status?: number;
  readonly durationMs?: number;
  /** An error code or another kebab-case word of Careward's own. */
  readonly code?: string | null;
  readonly category?: string;
  readonly purpose?: string | null;
  readonly action?: string;
  readonly event?: string;
  readonly priority?: string;
  readonly limit?: string;
  readonly state?: string;
  readonly dependency?: string;
  readonly component?: string;
  readonly count?: number;
  readonly accounts?: number;
  readonly size?: number;
  readonly port?: number;
  readonly version?: string;
}

type Check = (value: unknown) => boolean;

const word: Check = (value) =>
  typeof value === 'string' && /^[a-z][a-z0-9]*(?:[-.][a-z0-9]+){0,7}$/.test(value);
const upperWord: Check = (value) => typeof value === 'string' && /^[A-Z_]{1,32}$/.test(value);
const figure: Check = (value) => typeof value === 'number' && Number.isFinite(value);

const CHECKS: Readonly<Record<keyof LogFields, Check>> = {
  requestId: isUuid,
  accountId: isUuid,
  sessionId: isUuid,
  clinicId: isUuid,
  address: (value) => typeof value === 'string' && ipaddr.isValid(value),
  method: upperWord,
  route: (value) =>
    typeof value === 'string' && /^(?:\/|\*|(?:\/(?::?[A-Za-z$][A-Za-z.$-]{0,40}|v\d|\*))+)$/.test(value),
  status: figure,
  durationMs: figure,
  code: word,
  category: (value) => word(value) || upperWord(value),
  purpose: upperWord,
  action: word,
  event: word,
  priority: upperWord,
  limit: word,
  state: word,
  dependency: word,
  component: (value) => typeof value === 'string' && /^[A-Za-z]{1,40}$/.test(value),
  count: figure,
  accounts: figure,
  size: figure,
  port: figure,
  version: (value) => typeof value === 'string' && /^\d+\.\d+\.\d+(?:-[a-z0-9.]+)?$/.test(value),
};

/** The part of any value that may be logged. Reads only the listed names, so getters of others never run. */
export function allowedFields(fields: unknown): Record<string, unknown> {
  const allowed: Record<string, unknown> = {};
  if (typeof fields !== 'object' || fields === null) return allowed;
  for (const [name, check] of Object.entries(CHECKS)) {
    const value = ownValue(fields, name);
    if (value !== undefined && value !== null && check(value)) allowed[name] = value;
  }
  return allowed;
}

function ownValue(fields: object, name: string): unknown {
  const descriptor = Object.getOwnPropertyDescriptor(fields, name);
  return descriptor && 'value' in descriptor ? descriptor.value : undefined;
}
