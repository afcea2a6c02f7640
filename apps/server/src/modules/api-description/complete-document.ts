import { Problem } from '@careward/api-schema';
import type { OpenAPIObject } from '@nestjs/swagger';
import * as z from 'zod';
import type { RouteFacts } from './route-facts.ts';

type PathItem = OpenAPIObject['paths'][string];
type Operation = NonNullable<PathItem['get']>;
type Parameter = NonNullable<Operation['parameters']>[number];

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
const PROBLEM_ANSWER = {
  description: 'A refusal; `code` names its page under docs/errors.',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};
const CLINIC_HEADER: Parameter = {
  name: 'X-Clinic-Id',
  in: 'header',
  required: false,
  description:
    'The clinic to work in. It may as well be given as `clinicId` in the query, or be in the token; all that are given must agree.',
  schema: { $ref: '#/components/schemas/Uuid' },
};
const PURPOSE_HEADER: Parameter = {
  name: 'X-Purpose-Of-Use',
  in: 'header',
  required: false,
  description:
    'Why the data is needed (HL7 v3 PurposeOfUse). Absent it is TREAT for roles that care for patients and PATRQT for own data; every other role has to state it.',
  schema: { $ref: '#/components/schemas/PurposeOfUse' },
};

/**
 * Adds what Nest's description leaves out: who may enter, the headers of the guards, parameters that only a guard reads, and the
 * form of refusals. References between schemas are made to resolve within the document.
 */
export function completeDocument(
  document: OpenAPIObject,
  facts: ReadonlyMap<string, RouteFacts>,
): OpenAPIObject {
  const paths = Object.entries(document.paths).map(([path, item]) => [path, completeItem(path, item, facts)]);
  const schemas = { ...document.components?.schemas, ...problemSchemas() };
  const complete = {
    ...document,
    paths: Object.fromEntries(paths),
    components: { ...document.components, schemas },
  };
  return JSON.parse(JSON.stringify(complete).replaceAll('"#/$defs/', '"#/components/schemas/'));
}

function completeItem(path: string, item: PathItem, facts: ReadonlyMap<string, RouteFacts>): PathItem {
  const complete = { ...item };
  for (const method of METHODS) {
    const operation = item[method];
    const known = facts.get(operation?.operationId ?? '');
    if (operation && known) complete[method] = completeOperation(path, operation, known);
  }
  return complete;
}

function completeOperation(path: string, operation: Operation, facts: RouteFacts): Operation {
  const parameters = operation.parameters ?? [];
  const named = new Set(parameters.flatMap((each) => ('name' in each ? [each.name] : [])));
  const absent = [...path.matchAll(/\{(\w+)\}/g)].flatMap(([, name = '']) =>
    named.has(name) ? [] : [pathParameter(name)],
  );
  return {
    ...operation,
    description: whoMayEnter(facts),
    security: facts.entry === 'public' ? [] : [{ bearer: [] }],
    parameters: [
      ...absent,
      ...parameters,
      ...(facts.clinicScoped && !path.includes('{clinicId}') ? [CLINIC_HEADER] : []),
      ...(facts.phi ? [PURPOSE_HEADER] : []),
    ],
    responses: { ...operation.responses, default: PROBLEM_ANSWER },
  };
}

function pathParameter(name: string): Parameter {
  return { name, in: 'path', required: true, schema: { $ref: '#/components/schemas/Uuid' } };
}

function whoMayEnter({ entry, permissions }: RouteFacts): string {
  if (entry === 'public') return 'For everybody.';
  if (entry === 'signed-in') return 'For everybody who is signed in.';
  return `Needs the permission ${permissions.join(' or ')}.`;
}

function problemSchemas(): Record<string, object> {
  const { $defs, $schema, ...problem } = z.toJSONSchema(Problem, { io: 'output' });
  return { Problem: problem, ...$defs };
}
