import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import * as exported from './index.ts';

const parts = ['DisplayName', 'NewPassword'];
const named = Object.entries<unknown>(exported).flatMap(([name, value]) =>
  value instanceof z.ZodType && !parts.includes(name) ? [[name, value] as const] : [],
);

describe.each(named)('%s', (name, schema) => {
  test('is described under its own name', () => {
    expect(schema.meta()?.description).toBeTypeOf('string');
    // Members of a query stand one by one in the API description, so the whole has no name there.
    expect(schema.meta()?.id).toBe(name.endsWith('Query') ? undefined : name);
  });

  test('can be published as JSON Schema for requests and answers', () => {
    for (const io of ['input', 'output'] as const) {
      expect(JSON.stringify(z.toJSONSchema(schema, { io }))).not.toContain('"not":{}');
    }
  });
});

test('every object refuses unknown members, but the problem', () => {
  const open = named.filter(([, schema]) => schema instanceof z.ZodObject && !isStrict(schema));
  expect(open.map(([name]) => name)).toEqual(['Problem']);
});

function isStrict(schema: z.ZodObject): boolean {
  return z.toJSONSchema(schema, { io: 'input' }).additionalProperties === false || inlined(schema);
}

/** A schema that refers to itself by name carries the answer in its definition. */
function inlined(schema: z.ZodObject): boolean {
  const id = schema.meta()?.id ?? '';
  return z.toJSONSchema(schema, { io: 'input' }).$defs?.[id]?.additionalProperties === false;
}
