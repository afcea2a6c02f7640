// There is no way to sign in but those that are written down, and none by what others can find out: hints, questions, mail, telephone.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer } from '../../apps/server/test-harness/index.ts';

interface Operation {
  readonly responses: Readonly<Record<string, object>>;
  readonly requestBody?: object;
}
interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, { readonly properties?: object }>> };
}

const PAGE = join(resolve(import.meta.dirname, '../..'), 'docs/compliance/sign-in-decisions.md');

let description: Description;
let stop: () => Promise<void>;
beforeAll(async () => {
  const server = await startTestServer();
  stop = () => server.stop();
  description = (await server.nobody.get<Description>('/api/v1/openapi.json')).body;
});
afterAll(() => stop());

/** `METHOD path` with everything that it refers to, as text. */
function operations() {
  return Object.entries(description.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
      operation,
    })),
  );
}

describe('tokens', () => {
  it('are given by the routes that are written down, and by no other', () => {
    const giving = operations().filter(({ operation }) => reaches(operation.responses, 'accessToken'));
    const written = [...readFileSync(PAGE, 'utf8').matchAll(/^\| `([A-Z]+ \/api\/[^`]+)` \|/gm)];
    expect(giving.map(({ name }) => name).toSorted()).toEqual(written.map(([, name]) => name).toSorted());
  });
});

describe('what a person proves themselves by', () => {
  it('is never a hint, a question, or a code by mail or telephone', () => {
    const giving = operations().filter(({ operation }) => reaches(operation.responses, 'accessToken'));
    const asked = giving.flatMap(({ operation }) => propertiesOf(operation.requestBody ?? {}));
    expect(asked).toContain('password');
    expect(
      asked.filter((name) => /hint|question|birth|maiden|sms|phone|emailCode|mailCode/i.test(name)),
    ).toEqual([]);
  });

  it('is nowhere kept as a hint or a question', () => {
    const all = Object.values(description.components.schemas).flatMap((schema) => propertiesOf(schema));
    expect(all.filter((name) => /hint|question/i.test(name))).toEqual([]);
  });
});

function reaches(part: object, property: string): boolean {
  return propertiesOf(part).includes(property);
}

/** Names of all properties in a part of the description, references followed. */
function propertiesOf(part: object, seen = new Set<string>()): string[] {
  const text = JSON.stringify(part);
  const names = [...text.matchAll(/"properties":\{/g)].length > 0 ? propertyNames(part) : [];
  for (const [, name = ''] of text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)) {
    if (seen.has(name)) continue;
    seen.add(name);
    names.push(...propertiesOf(description.components.schemas[name] ?? {}, seen));
  }
  return names;
}

function propertyNames(part: unknown): string[] {
  if (typeof part !== 'object' || part === null) return [];
  const own = 'properties' in part ? Object.keys(part.properties as object) : [];
  return [...own, ...Object.values(part).flatMap(propertyNames)];
}
