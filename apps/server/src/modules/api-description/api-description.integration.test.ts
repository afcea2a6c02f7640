import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTwoClinics } from '../../../test-harness/index.ts';

interface Operation {
  readonly description?: string;
  readonly security?: readonly object[];
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly required?: boolean }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, object>> };
  readonly responses: Readonly<Record<string, object>>;
}
interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

let server: Awaited<ReturnType<typeof startTwoClinics>>;
let document: Document;
let page: string;
beforeAll(async () => {
  server = await startTwoClinics();
  document = (await server.nobody.get<Document>('/api/v1/openapi.json')).body;
  page = (await server.nobody.get('/api/v1/docs')).text;
});
afterAll(() => server.stop());

const operations = () =>
  Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ name: `${method} ${path}`, path, operation })),
  );
const headersOf = (name: string) =>
  operations()
    .find((each) => each.name === name)
    ?.operation.parameters.filter((parameter) => parameter.in === 'header')
    .map((parameter) => parameter.name);

it('is OpenAPI 3.1, and every reference in it resolves', () => {
  expect(document.openapi).toMatch(/^3\.1\./);
  const names = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, name = '']) => name);
  const known = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`);
  expect(names.filter((name) => !known.includes(name))).toEqual([]);
});

it('declares every parameter that a path has', () => {
  for (const { name, path, operation } of operations()) {
    const inPath = operation.parameters.filter((each) => each.in === 'path').map((each) => each.name);
    expect(inPath.toSorted(), name).toEqual(
      [...path.matchAll(/\{(\w+)\}/g)].map(([, each]) => each).toSorted(),
    );
  }
});

it('says who may enter, and that a refusal is a problem', () => {
  for (const { name, operation } of operations()) {
    expect(operation.description, name).toMatch(/^(?:For everybody|Needs the permission \w+)/);
    const open = operation.description === 'For everybody.';
    expect(operation.security, name).toEqual(open ? [] : [{ bearer: [] }]);
    expect(JSON.stringify(operation.responses.default), name).toContain('application/problem+json');
  }
});

it('names the headers that a route reads', () => {
  expect(headersOf('post /api/v1/patients')).toEqual(['Idempotency-Key', 'X-Clinic-Id', 'X-Purpose-Of-Use']);
  expect(headersOf('patch /api/v1/patients/{patientId}')).toEqual([
    'If-Match',
    'X-Clinic-Id',
    'X-Purpose-Of-Use',
  ]);
  expect(headersOf('post /api/v1/auth/sign-in')).toEqual([]);
});

it('describes the bundle that an import takes', () => {
  const body = document.paths['/api/v1/import']?.post?.requestBody;
  expect(Object.keys(body?.content ?? {})).toEqual(['application/json', 'application/fhir+json']);
});

it('has a page with a heading for every route, whose links lead somewhere', () => {
  for (const { path } of operations()) expect(page).toContain(path);
  expect(page.match(/<h3>/g)).toHaveLength(operations().length);
  const ids = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
  const targets = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
  expect(targets.filter((id) => !ids.has(id))).toEqual([]);
});
