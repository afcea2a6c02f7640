// Every endpoint of the running application with what it declares.
//
// Defends: a route from being added, opened or widened unseen. The list is made from two tables that know nothing of each other,
// Nest's declarations and Fastify's routes; a route in only one of them is an error, or an endpoint without a declaration.
// Does not decide anything: the guards do, from the same declarations.
import type { Permission, Role } from '@careward/access-policy';
import { RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA, ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { FASTIFY_ROUTE_CONFIG_METADATA } from '@nestjs/platform-fastify/constants.js';
import type { FastifyInstance } from 'fastify';
import { RECENT_PROOF, ROUTE_ENTRY, type RouteEntry, WHILE_DISTRUSTED } from './authentication/index.ts';
import { PHI_ROUTE, REQUIRED_PERMISSIONS, REQUIRED_ROLES } from './authorization/index.ts';
import type { BodyRule } from './edge/index.ts';
import { API_PREFIX } from './http-application.ts';
import { CLINIC_SCOPED } from './tenancy/index.ts';

/** One endpoint and its declarations. A GET is also answered as HEAD. */
export interface Endpoint {
  readonly method: string;
  /** With parameters as `:name`. */
  readonly path: string;
  /** `undeclared`: the guards refuse everybody. */
  readonly entry: RouteEntry | 'permission' | 'undeclared';
  readonly permissions: readonly Permission[];
  readonly roles: readonly Role[];
  readonly clinicScoped: boolean;
  /** Needs a purpose of use. */
  readonly phi: boolean;
  /** The person must have proved themselves in the last minutes. */
  readonly recentProof: boolean;
  /** Open to a session that looks as if somebody else had it. */
  readonly whileDistrusted: boolean;
  readonly body: 'none' | 'ordinary' | 'import';
  /** `Controller.method`; null when Fastify serves a route that no controller declares. */
  readonly handler: string | null;
  /** Schemas of the body and the query; undefined where the handler reads none. */
  readonly schemas: { readonly body?: unknown; readonly query?: unknown };
}

type Declared = Omit<Endpoint, 'path'> & { readonly paths: readonly string[] };

/** Body and query among Nest's kinds of handler parameters. */
const PARAMETER_KIND = { body: '3', query: '4' } as const;
const BODYLESS: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/** Every endpoint, sorted by path and method. Rejects when a controller declares a route that Fastify does not serve. */
export async function describeEndpoints(app: NestFastifyApplication): Promise<Endpoint[]> {
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance; // Nest types it by its own server union
  await fastify.ready();
  const served = servedRoutes(fastify.printRoutes({ commonPrefix: false }));
  const declared = declaredRoutes(app).map((route) => locate(route, served));
  const known = new Set(declared.map(nameOf));
  const strays = [...served].filter((name) => !known.has(name) && !isHeadOfGet(name, known)).map(stray);
  return [...declared, ...strays].sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
}

/** `METHOD path` of every line of Fastify's route tree, which indents by four characters a level. */
function servedRoutes(tree: string): Set<string> {
  const names = new Set<string>();
  const above: string[] = [];
  for (const line of tree.split('\n').filter((text) => text.trim() !== '')) {
    const [, indent = '', segment = '', methods = ''] =
      /^((?:[│ ] {3})*)[├└]── (\S*)(?: \((.+)\))?$/.exec(line) ?? [];
    if (segment === '') throw new Error('Fastify describes its routes in a form that is not known');
    const path = (above[indent.length / 4 - 1] ?? '') + segment;
    above[indent.length / 4] = path;
    for (const method of methods.split(', ').filter((text) => text !== '')) names.add(`${method} ${path}`);
  }
  return names;
}

function declaredRoutes(app: NestFastifyApplication): Declared[] {
  const controllers = [...app.get(ModulesContainer).values()].flatMap((module) => [
    ...module.controllers.values(),
  ]);
  return controllers.flatMap(({ metatype }) => {
    const type = metatype as Type;
    return new MetadataScanner()
      .getAllMethodNames(type.prototype as object)
      .filter((name) => declaredOf(type, name))
      .flatMap((name) => describe(type, name));
  });
}

function declaredOf(type: Type, name: string): boolean {
  return Reflect.hasMetadata(METHOD_METADATA, handlerOf(type, name));
}

/** What a handler declares, once for each address that it is served at. */
function describe(type: Type, name: string): Declared[] {
  const handler = handlerOf(type, name);
  const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod];
  const read = <T>(key: string): T | undefined =>
    (Reflect.getMetadata(key, handler) ?? Reflect.getMetadata(key, type)) as T | undefined;
  const permissions = read<Permission[]>(REQUIRED_PERMISSIONS);
  const rule = (
    Reflect.getMetadata(FASTIFY_ROUTE_CONFIG_METADATA, handler) as { body?: BodyRule } | undefined
  )?.body;
  const declared: Omit<Declared, 'paths'> = {
    method,
    entry: read<RouteEntry>(ROUTE_ENTRY) ?? (permissions === undefined ? 'undeclared' : 'permission'),
    permissions: permissions ?? [],
    roles: read<Role[]>(REQUIRED_ROLES) ?? [],
    clinicScoped: read<boolean>(CLINIC_SCOPED) === true,
    phi: read<boolean>(PHI_ROUTE) === true,
    recentProof: read<number>(RECENT_PROOF) !== undefined,
    whileDistrusted: read<boolean>(WHILE_DISTRUSTED) === true,
    body: BODYLESS.has(method) ? 'none' : (rule?.size ?? 'ordinary'),
    handler: `${type.name}.${name}`,
    schemas: schemasOf(type, name),
  };
  return addressesOf(type, handler).map((paths) => ({ ...declared, paths }));
}

function handlerOf(type: Type, name: string): object {
  return (type.prototype as Record<string, object>)[name] ?? {};
}

/** The addresses of a handler, each as the two places where it may be served: below the prefix, or excepted from it. */
function addressesOf(type: Type, handler: object): string[][] {
  const controller = Reflect.getMetadata(PATH_METADATA, type) as string;
  const own = [Reflect.getMetadata(PATH_METADATA, handler) as string | string[]].flat();
  return own.map((address) => {
    const path = [controller, address].flatMap((part) => part.split('/')).filter((segment) => segment !== '');
    return [`/${[API_PREFIX, ...path].join('/')}`, `/${path.join('/')}`];
  });
}

function schemasOf(type: Type, name: string): Endpoint['schemas'] {
  const parameters = (Reflect.getMetadata(ROUTE_ARGS_METADATA, type, name) ?? {}) as Record<
    string,
    { schema?: unknown }
  >;
  const found = (kind: string) =>
    Object.entries(parameters).find(([key]) => key.startsWith(`${kind}:`))?.[1].schema;
  return { body: found(PARAMETER_KIND.body), query: found(PARAMETER_KIND.query) };
}

function locate({ paths, ...route }: Declared, served: ReadonlySet<string>): Endpoint {
  const [path, ...others] = paths.filter((candidate) => served.has(`${route.method} ${candidate}`));
  if (path === undefined || others.length > 0)
    throw new Error(`${route.handler} is not served at one address`);
  return { ...route, path };
}

function stray(name: string): Endpoint {
  const [method = '', path = ''] = name.split(' ');
  const nothing = {
    permissions: [],
    roles: [],
    clinicScoped: false,
    phi: false,
    recentProof: false,
    whileDistrusted: false,
    handler: null,
    schemas: {},
  };
  return { ...nothing, method, path, entry: 'undeclared', body: BODYLESS.has(method) ? 'none' : 'ordinary' };
}

function isHeadOfGet(name: string, known: ReadonlySet<string>): boolean {
  return name.startsWith('HEAD ') && known.has(name.replace('HEAD', 'GET'));
}

function nameOf({ method, path }: Endpoint): string {
  return `${method} ${path}`;
}

function sortKey({ method, path }: Endpoint): string {
  return `${path} ${method}`;
}
