import type { OpenAPIObject } from '@nestjs/swagger';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

interface Operation {
  readonly tags?: readonly string[];
  readonly description?: string;
  readonly parameters?: readonly {
    readonly in: string;
    readonly name: string;
    readonly required?: boolean;
  }[];
  readonly requestBody?: object;
  readonly responses?: Readonly<Record<string, object>>;
}

/** A readable page of an OpenAPI document: plain HTML, no script, one heading for each group and one for each route. */
export function renderApiPage(document: OpenAPIObject): string {
  const groups = Map.groupBy(operationsOf(document), ({ operation }) => operation.tags?.[0] ?? 'other');
  const sections = [...groups].map(([name, operations]) => renderGroup(name, operations));
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Careward API</title></head>
<body>
<header><h1>Careward API</h1><p>${escapeHtml(document.info.description ?? '')}</p>
<p><a href="openapi.json">OpenAPI 3.1 document</a></p></header>
<nav aria-label="Groups"><ul>${[...groups.keys()].map(renderLink).join('')}</ul></nav>
<main>${sections.join('\n')}</main>
<section aria-labelledby="schemas"><h2 id="schemas">Schemas</h2>${renderSchemas(document)}</section>
</body></html>`;
}

interface RouteOperation {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

function operationsOf(document: OpenAPIObject): RouteOperation[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = (item as Partial<Record<string, Operation>>)[method];
      return operation === undefined ? [] : [{ method, path, operation }];
    }),
  );
}

function renderGroup(name: string, operations: readonly RouteOperation[]): string {
  const id = anchorOf(name);
  return `<section aria-labelledby="${id}"><h2 id="${id}">${escapeHtml(name)}</h2>${operations.map(renderOperation).join('')}</section>`;
}

function renderOperation({ method, path, operation }: RouteOperation): string {
  const parameters = (operation.parameters ?? []).map(
    ({ name, in: place, required }) =>
      `<li><code>${escapeHtml(name)}</code> (${escapeHtml(place)}${required === true ? ', required' : ''})</li>`,
  );
  return `<article><h3><code>${method.toUpperCase()} ${escapeHtml(path)}</code></h3>
<p>${escapeHtml(operation.description ?? '')}</p>
${parameters.length > 0 ? `<h4>Parameters</h4><ul>${parameters.join('')}</ul>` : ''}
${operation.requestBody === undefined ? '' : `<h4>Body</h4><p>${schemaLinks(operation.requestBody)}</p>`}
<h4>Answers</h4><ul>${Object.entries(operation.responses ?? {})
    .map(renderAnswer)
    .join('')}</ul></article>`;
}

function renderAnswer([status, answer]: [string, object]): string {
  return `<li><code>${escapeHtml(status)}</code> ${schemaLinks(answer)}</li>`;
}

/** Links to every named schema that a part of the document refers to. */
function schemaLinks(part: object): string {
  const names = [...JSON.stringify(part).matchAll(/#\/components\/schemas\/([\w.-]+)/g)].map(
    ([, name = '']) => name,
  );
  return [...new Set(names)].map((name) => `<a href="#schema-${name}">${escapeHtml(name)}</a>`).join(', ');
}

function renderSchemas(document: OpenAPIObject): string {
  return Object.entries(document.components?.schemas ?? {})
    .map(([name, schema]) => {
      const text = escapeHtml(JSON.stringify(schema, null, 2));
      return `<details id="schema-${escapeHtml(name)}"><summary><code>${escapeHtml(name)}</code></summary><pre>${text}</pre></details>`;
    })
    .join('');
}

function renderLink(name: string): string {
  return `<li><a href="#${anchorOf(name)}">${escapeHtml(name)}</a></li>`;
}

function anchorOf(name: string): string {
  return `group-${name.replaceAll(/[^a-z0-9]+/gi, '-')}`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
