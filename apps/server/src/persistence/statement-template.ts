import type { CompiledQuery } from 'kysely';
import { createQueryBuilder, type QueryBuilder } from './query-builder.ts';
import { compile, type Statement } from './statement.ts';

/** A statement of one text: called with its values, it is ready to be run. */
export type StatementTemplate<Values extends readonly string[], Row> = (
  ...values: Values
) => CompiledQuery<Row>;

/**
 * Writes a statement once, at its first use, instead of at every call: for the reads of the hot path, whose writing costs more
 * than their decoding. `write` gets a stand-in for each value and may only hand it on as a parameter: a stand-in that is made
 * into text, which would then hold for all calls, throws.
 */
export function statementTemplate<Values extends readonly string[], Row>(
  write: (build: QueryBuilder, ...values: Values) => Statement<Row>,
): StatementTemplate<Values, Row> {
  let written: CompiledQuery | undefined;
  return (...values) => {
    const standIns = values.map((_, index) => new StandIn(index));
    // Kysely hands on what it does not know as a parameter; only here do the stand-ins pose as the values' type.
    written ??= compile(write(createQueryBuilder(), ...(standIns as unknown as Values)));
    return {
      ...(written as CompiledQuery<Row>),
      parameters: written.parameters.map((part) => fill(part, values)),
    };
  };
}

class StandIn {
  readonly index: number;

  constructor(index: number) {
    this.index = index;
  }

  [Symbol.toPrimitive](): never {
    throw new TypeError('a value of a statement template is a parameter, never text');
  }
}

function fill(part: unknown, values: readonly string[]): unknown {
  return part instanceof StandIn ? values[part.index] : part;
}
