// The order in which a request meets the defences, pinned, and shown by what the running application answers.
//
// A request that breaks two rules at once is answered by the stage that comes first. Each pair below would be answered the other
// way round if its two stages changed places, so swapping two lines of the table turns this file red.

import type { ClinicRole } from '@careward/access-policy';
import { Module, type Type } from '@nestjs/common';
import { GUARDS_METADATA, INTERCEPTORS_METADATA, PIPES_METADATA } from '@nestjs/common/constants.js';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
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
import {
  createTestEnvironment,
  startTestServer,
  startTwoClinics,
  type TestEnvironment,
} from '../../apps/server/test-harness/index.ts';
import { emailOf, signIn } from '../e2e/world/people.ts';
import { Wire, type WireRequest } from '../e2e/world/wire.ts';

const BIG = Buffer.alloc(300_000, ' ');
const ABSENT = '01980000-0000-7000-8000-000000000000';

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
        'onRequest: address-limit, local limits',
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

let wire: Wire;
const tokens = new Map<ClinicRole, readonly [string, string]>();

describe('the earlier of two refusals answers', () => {
  let server: Awaited<ReturnType<typeof startTwoClinics>>;
  beforeAll(async () => {
    server = await startTwoClinics();
    wire = new Wire(server.running);
    for (const role of ['NURSE', 'RECEPTIONIST'] as const) {
      tokens.set(role, (await signIn(wire, emailOf(role, 'north'))).header);
    }
  });
  afterAll(async () => {
    wire.close();
    await server.stop();
  });

  it.each<
    readonly [earlier: string, later: string, status: number, code: string, () => Partial<WireRequest>]
  >([
    [
      'url',
      'origin',
      400,
      'edge-url-unsafe',
      () => ({ path: '/api/v1/patients?__proto__=1', headers: foreignOrigin() }),
    ],
    ['origin', 'body-limit', 403, 'edge-origin-refused', () => ({ headers: foreignOrigin(), body: BIG })],
    [
      'body-limit',
      'authentication',
      413,
      'request-body-too-large',
      () => ({ headers: badToken(), body: BIG }),
    ],
    [
      'body-limit',
      'authentication',
      415,
      'request-media-type-unsupported',
      () => ({ headers: [...badToken(), ['content-type', 'text/xml']], body: '<a/>' }),
    ],
    [
      'authentication',
      'tenancy',
      401,
      'authentication-token-invalid',
      () => ({ headers: [...badToken(), ['x-clinic-id', ABSENT]] }),
    ],
    [
      'authentication',
      'validation',
      401,
      'authentication-token-invalid',
      () => ({ headers: badToken(), body: {} }),
    ],
    [
      'tenancy',
      'authorization',
      404,
      'clinic-not-found',
      () => ({ headers: [...as('NURSE'), ['x-clinic-id', ABSENT]] }),
    ],
    [
      'tenancy',
      'validation',
      404,
      'clinic-not-found',
      () => ({ headers: [...as('RECEPTIONIST'), ['x-clinic-id', ABSENT]], body: {} }),
    ],
    ['authorization', 'validation', 403, 'authorization-refused', () => ({ headers: as('NURSE'), body: {} })],
    [
      'authorization (purpose)',
      'validation',
      400,
      'purpose-of-use-required',
      () => ({ headers: as('RECEPTIONIST'), body: {} }),
    ],
    [
      'validation',
      'the room',
      400,
      'request-invalid',
      () => ({ headers: [...as('RECEPTIONIST'), ['x-purpose-of-use', 'HOPERAT']], body: {} }),
    ],
  ])('%s before %s: %i %s', async (_earlier, _later, status, code, override) => {
    const answer = await wire.send({
      method: 'POST',
      path: '/api/v1/patients',
      headers: [],
      body: {},
      ...override(),
    });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.headers['x-request-id']).toBe(String(answer.body.instance).replace('urn:uuid:', ''));
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
  });

  it('address-limit before origin, body-limit and authentication: 429', async () => {
    const limited = { CAREWARD_ADDRESS_REQUESTS_PER_MINUTE: '1', CAREWARD_ADDRESS_BURST: '1' };
    await withServer(limited, async (send) => {
      expect((await send({ headers: badToken() })).status).toBe(401);
      for (const body of [BIG, {}]) {
        expect(await send({ headers: badToken(), body })).toMatchObject({
          status: 429,
          body: { code: 'edge-rate-limited' },
        });
      }
      expect(await send({ headers: foreignOrigin() })).toMatchObject({ status: 429 });
      expect(await send({ path: '/api/v1/%00' })).toMatchObject({
        status: 400,
        body: { code: 'edge-url-unsafe' },
      });
    });
  });

  it('admission before everything that can refuse: 503, while health answers', async () => {
    await withServer({ CAREWARD_MAX_CONCURRENT_REQUESTS: '2' }, async (send, { admission }) => {
      // Two requests that are never answered: only their identity is looked at.
      for (const request of [{}, {}]) admission.enter(request as FastifyRequest);
      for (const path of ['/api/v1/patients', '/api/v1/%00', '/nothing']) {
        expect(await send({ path, body: BIG })).toMatchObject({
          status: 503,
          body: { code: 'edge-overloaded' },
        });
      }
      expect(await send({ method: 'GET', path: '/health/live', body: undefined })).toMatchObject({
        status: 200,
      });
    });
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

type Send = (request: Partial<WireRequest>) => ReturnType<Wire['send']>;

async function withServer(
  overrides: Record<string, string>,
  work: (send: Send, platform: Platform) => Promise<void>,
): Promise<void> {
  const { running, stop } = await startTestServer(overrides);
  const own = new Wire(running);
  const send: Send = (request) =>
    own.send({ method: 'POST', path: '/api/v1/patients', headers: [], body: {}, ...request });
  await work(send, running.platform);
  own.close();
  await stop();
}

type Headers = WireRequest['headers'];

function badToken(): Headers {
  return [['authorization', 'Bearer forged.token.here']];
}

function foreignOrigin(): Headers {
  return [['origin', 'https://elsewhere.example.org']];
}

function as(role: ClinicRole): Headers {
  return [tokens.get(role) ?? ['authorization', '']];
}
