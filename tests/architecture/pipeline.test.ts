// The table of stages, pinned, and compared with what Fastify and Nest really run.

import { Module, type Type } from '@nestjs/common';
import { GUARDS_METADATA, INTERCEPTORS_METADATA, PIPES_METADATA } from '@nestjs/common/constants.js';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appModule } from '../../apps/server/src/app.module.ts';
import { JwtAuthGuard } from '../../apps/server/src/authentication/index.ts';
import { RolesGuard } from '../../apps/server/src/authorization/index.ts';
import { loadConfiguration } from '../../apps/server/src/config/index.ts';
import { listenerOptions } from '../../apps/server/src/edge/index.ts';
import { createHttpApplication } from '../../apps/server/src/http-application.ts';
import { openPlatform, type Platform } from '../../apps/server/src/platform/index.ts';
import { REQUEST_PIPELINE } from '../../apps/server/src/request-pipeline.ts';
import { ClinicGuard } from '../../apps/server/src/tenancy/index.ts';
import { createTestEnvironment, type TestEnvironment } from '../../apps/server/test-harness/index.ts';

describe('the table of stages', () => {
  // No clinics and no people: with a guard missing none could be made, and what is to be said is which one is missing.
  let environment: TestEnvironment;
  let platform: Platform;
  let app: NestFastifyApplication;
  beforeAll(async () => {
    environment = await createTestEnvironment();
    platform = await openPlatform(loadConfiguration(environment.variables));
    app = await createHttpApplication(platform);
  });
  afterAll(async () => {
    await app.close();
    await platform.close();
    await environment.remove();
  });

  it('has this order, and says what becomes of a request when a stage cannot do its work', () => {
    expect(REQUEST_PIPELINE.map(({ point, stage, onFailure }) => `${point}: ${stage}, ${onFailure}`)).toEqual(
      [
        'onRequest: request-id, cannot fail',
        'onRequest: client-address, cannot fail',
        'onRequest: security-headers, cannot fail',
        'onRequest: admission, cannot fail',
        'onRequest: url, cannot fail',
        'onRequest: gate, local limits',
        'onRequest: origin, cannot fail',
        'preParsing: body-limit, refused',
        'parsing: body, refused',
        'guard: authentication, refused',
        'guard: tenancy, refused',
        'guard: authorization, refused',
        'pipe: validation, refused',
        'filter: problem, refused',
        'preSerialization: entity-tag, cannot fail',
        'preSerialization: refusal-audit, refused',
        'onSend: last-answer, cannot fail',
        'onSend: admission-release, cannot fail',
        'onResponse: observation, cannot fail',
      ],
    );
  });

  it('is all there is: the application has no hook beside it and those of the framework', async () => {
    const bareApp = await NestFactory.create<NestFastifyApplication>(BareModule, adapterFor(platform), {
      logger: false,
    });
    await bareApp.init();
    bareApp
      .getHttpAdapter()
      .getInstance()

      .post('/probe', async () => ({}));
    const [framework, all] = [await hooksOf(bareApp), await hooksOf(app)];
    const points = new Set([...Object.keys(framework), ...Object.keys(all)]);
    const added = [...points].map((point) => [point, (all[point] ?? 0) - (framework[point] ?? 0)] as const);
    expect(Object.fromEntries(added.filter(([, count]) => count !== 0))).toEqual(stagesByHook());
    await bareApp.close();
  });

  it('is all there is: the guards in this order, one pipe, one filter, no interceptor, and nothing on a controller', () => {
    const { config } = app as unknown as { config: Record<string, () => object[]> }; // Nest keeps it private
    const names = (method: string) => config[method]?.call(config).map((stage) => stage.constructor.name);
    expect(names('getGlobalGuards')).toEqual([JwtAuthGuard.name, ClinicGuard.name, RolesGuard.name]);
    expect(names('getGlobalPipes')).toEqual(['StandardSchemaValidationPipe']);
    expect(names('getGlobalFilters')).toEqual(['ProblemFilter']);
    for (const kind of ['getGlobalInterceptors', 'getGlobalRequestGuards', 'getGlobalRequestPipes']) {
      expect(names(kind)).toEqual([]);
    }
    const controllers = (appModule(platform).controllers ?? []) as Type[];
    expect(controllers.flatMap(ownStages)).toEqual([]);
  });
});

@Module({})
class BareModule {}

function adapterFor({ configuration, home }: Platform) {
  const options = listenerOptions(configuration, home.tls);
  return new FastifyAdapter(options as ConstructorParameters<typeof FastifyAdapter>[0]);
}

/** How many functions Fastify runs at each point of a route. */
async function hooksOf(nest: NestFastifyApplication): Promise<Record<string, number>> {
  const fastify = nest.getHttpAdapter().getInstance() as unknown as FastifyInstance; // Nest types it by its own server union
  await fastify.ready();
  const [, first = ''] = fastify.printRoutes({ commonPrefix: false, includeHooks: true }).split(/^[├└]/m);
  const hooks = first.matchAll(/• \((\w+)\) (\[.*\])$/gm);
  return Object.fromEntries([...hooks].map(([, point, names]) => [point, JSON.parse(names ?? '[]').length]));
}

/** How many stages of the table are hooks, by point. */
function stagesByHook(): Record<string, number> {
  const hooks = REQUEST_PIPELINE.filter(
    ({ point }) => !['parsing', 'guard', 'pipe', 'filter'].includes(point),
  );
  return Object.fromEntries(
    [...Map.groupBy(hooks, ({ point }) => point)].map(([point, stages]) => [point, stages.length]),
  );
}

/** Guards, pipes and interceptors that a controller or one of its methods brings along. */
function ownStages(type: Type): string[] {
  const methods = Object.values(Object.getOwnPropertyDescriptors(type.prototype as object));
  const places = [
    type,
    ...methods.map(({ value }) => value as unknown).filter((value) => typeof value === 'function'),
  ];
  return [GUARDS_METADATA, PIPES_METADATA, INTERCEPTORS_METADATA].flatMap((key) =>
    places.filter((place) => Reflect.hasMetadata(key, place as object)).map(() => `${type.name} ${key}`),
  );
}
