import type { Permission } from '@careward/access-policy';
import type { INestApplication, Type } from '@nestjs/common';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import { ROUTE_ENTRY, type RouteEntry } from '../../authentication/index.ts';
import { PHI_ROUTE, REQUIRED_PERMISSIONS } from '../../authorization/index.ts';
import { CLINIC_SCOPED } from '../../tenancy/index.ts';

/** What a route declares to the guards, which Nest's own description does not know. */
export interface RouteFacts {
  readonly entry: RouteEntry | undefined;
  readonly permissions: readonly Permission[];
  readonly clinicScoped: boolean;
  readonly phi: boolean;
}

/** The declarations of every route by its operation id, `Controller_method`. */
export function routeFacts(app: INestApplication): Map<string, RouteFacts> {
  const controllers = [...app.get(ModulesContainer).values()].flatMap((module) => [
    ...module.controllers.values(),
  ]);
  return new Map(controllers.flatMap(({ metatype }) => factsOfController(metatype as Type)));
}

function factsOfController(type: Type): [string, RouteFacts][] {
  const prototype = type.prototype as Record<string, object>;
  return new MetadataScanner()
    .getAllMethodNames(prototype)
    .map((name) => [`${type.name}_${name}`, factsOf(type, prototype[name] ?? {})]);
}

function factsOf(type: Type, handler: object): RouteFacts {
  const read = <T>(key: string): T | undefined =>
    (Reflect.getMetadata(key, handler) ?? Reflect.getMetadata(key, type)) as T | undefined;
  return {
    entry: read<RouteEntry>(ROUTE_ENTRY),
    permissions: read<Permission[]>(REQUIRED_PERMISSIONS) ?? [],
    clinicScoped: read<boolean>(CLINIC_SCOPED) === true,
    phi: read<boolean>(PHI_ROUTE) === true,
  };
}
