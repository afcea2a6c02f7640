import type { Fault } from '@careward/kernel';
import { z } from 'zod';

/** Environment variables as Node gives them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What reading one concern gave: a value, or every fault in it. */
export type ConcernResult<T> = { readonly ok: true; readonly value: T } | ConcernFaults;

/** The faults of one concern; `path` of each is the variable's name, `message` says what is wrong and what to do. */
export interface ConcernFaults {
  readonly ok: false;
  readonly faults: readonly Fault[];
}

/** One topic of the configuration: the variables it owns and how it reads them. */
export interface Concern<T> {
  readonly variables: readonly string[];
  read(environment: Environment): ConcernResult<T>;
}

/** Declares a concern: a Zod field per variable, then `build` gives the values their names and units. Results are frozen. */
export function concern<S extends z.ZodRawShape, T extends object>(
  shape: S,
  build: (values: z.output<z.ZodObject<S>>) => T,
): Concern<Readonly<T>> {
  const schema = z.object(shape);
  return {
    variables: Object.keys(shape),
    read(environment) {
      const parsed = schema.safeParse(environment);
      if (parsed.success) return { ok: true, value: freeze(build(parsed.data)) };
      return { ok: false, faults: parsed.error.issues.map(faultOf) };
    },
  };
}

function freeze<T extends object>(value: T): Readonly<T> {
  for (const part of Object.values(value)) if (Array.isArray(part)) Object.freeze(part);
  return Object.freeze(value);
}

function faultOf(issue: z.core.$ZodIssue): Fault {
  return { path: String(issue.path[0] ?? ''), message: issue.message };
}
