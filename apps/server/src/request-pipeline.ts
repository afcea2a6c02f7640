// The path of every request, as one ordered table.
//
// What is not in this table does not look at requests: hooks, guards, pipes and filters are registered here and nowhere else, in this
// order. A test pins the order against the running application; docs/request-flow.md explains each row.
import { type CanActivate, StandardSchemaValidationPipe, type Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { challengeHeaders, JwtAuthGuard } from './authentication/index.ts';
import { RolesGuard } from './authorization/index.ts';
import {
  admitRequest,
  assignRequestId,
  BODY_TYPES,
  type BodyLimits,
  checkOrigin,
  limitBody,
  readBody,
  rejectUnsafeUrl,
  resolveClientAddress,
  setSecurityHeaders,
  settleRequest,
} from './edge/index.ts';
import { ProblemFilter, requestErrors } from './errors/index.ts';
import { observeResponse } from './observability/index.ts';
import type { Platform } from './platform/index.ts';
import { announceStop, recordRefusal, setEntityTag } from './response-stages.ts';
import { ClinicGuard } from './tenancy/index.ts';

/** Where in Fastify and Nest a stage runs, in the order in which a request meets them. */
export type StagePoint =
  | 'onRequest'
  | 'preParsing'
  | 'parsing'
  | 'guard'
  | 'pipe'
  | 'filter'
  | 'preSerialization'
  | 'onSend'
  | 'onResponse';

/** What becomes of a request when the stage cannot do its work. */
export type StageFailure = 'refused' | 'local limits' | 'cannot fail';

/** One stage of the path. */
export interface PipelineStage {
  readonly stage: string;
  readonly point: StagePoint;
  readonly onFailure: StageFailure;
  readonly install: (place: StagePlace) => void;
}

/** Where a stage puts itself. Guards are collected, because Nest runs them in the order of one list. */
interface StagePlace {
  readonly app: NestFastifyApplication;
  readonly fastify: FastifyInstance;
  readonly platform: Platform;
  readonly guard: (guard: Type<CanActivate>) => void;
}

/** Every stage, in order. */
export const REQUEST_PIPELINE: readonly PipelineStage[] = [
  {
    stage: 'request-id',
    point: 'onRequest',
    onFailure: 'cannot fail',
    install: ({ fastify }) => fastify.addHook('onRequest', assignRequestId()),
  },
  {
    stage: 'client-address',
    point: 'onRequest',
    onFailure: 'cannot fail',
    install: ({ fastify, platform }) =>
      fastify.addHook('onRequest', resolveClientAddress(platform.configuration.network.trustedProxies ?? [])),
  },
  {
    stage: 'security-headers',
    point: 'onRequest',
    onFailure: 'cannot fail',
    install: ({ fastify, platform }) =>
      fastify.addHook('onRequest', setSecurityHeaders(platform.headerOptions)),
  },
  {
    stage: 'admission',
    point: 'onRequest',
    onFailure: 'cannot fail',
    install: ({ fastify, platform }) =>
      fastify.addHook(
        'onRequest',
        admitRequest(platform.admission, () => platform.metrics.requestsShed.inc()),
      ),
  },
  {
    stage: 'url',
    point: 'onRequest',
    onFailure: 'cannot fail',
    install: ({ fastify, platform }) =>
      fastify.addHook(
        'onRequest',
        rejectUnsafeUrl({ maxCharacters: platform.configuration.limits.urlCharacters }),
      ),
  },
  {
    stage: 'gate',
    point: 'onRequest',
    onFailure: 'local limits',
    install: ({ fastify, platform }) => fastify.addHook('onRequest', platform.gate.stage()),
  },
  {
    stage: 'origin',
    point: 'onRequest',
    onFailure: 'cannot fail',
    install: ({ fastify, platform }) =>
      fastify.addHook('onRequest', checkOrigin(platform.configuration.network.corsOrigins)),
  },
  {
    stage: 'body-limit',
    point: 'preParsing',
    onFailure: 'refused',
    install: ({ fastify, platform }) => {
      const requireSession = (request: FastifyRequest) => platform.gate.identify(request);
      const large = { requireSession, admission: platform.largeBodies };
      fastify.addHook('preParsing', limitBody(platform.bodyLimits, large));
    },
  },
  {
    stage: 'body',
    point: 'parsing',
    onFailure: 'refused',
    install: ({ app, fastify, platform }) =>
      app.useBodyParser([...BODY_TYPES], { bodyLimit: largestBody(platform.bodyLimits) }, readBody(fastify)),
  },
  {
    stage: 'authentication',
    point: 'guard',
    onFailure: 'refused',
    install: ({ guard }) => guard(JwtAuthGuard),
  },
  {
    stage: 'tenancy',
    point: 'guard',
    onFailure: 'refused',
    install: ({ guard }) => guard(ClinicGuard),
  },
  {
    stage: 'authorization',
    point: 'guard',
    onFailure: 'refused',
    install: ({ guard }) => guard(RolesGuard),
  },
  {
    stage: 'validation',
    point: 'pipe',
    onFailure: 'refused',
    install: ({ app }) =>
      app.useGlobalPipes(new StandardSchemaValidationPipe({ exceptionFactory: invalidRequest })),
  },
  {
    stage: 'problem',
    point: 'filter',
    onFailure: 'refused',
    install: ({ app, platform }) =>
      app.useGlobalFilters(new ProblemFilter(platform.reportProblem, challengeHeaders(platform.dpop))),
  },
  {
    stage: 'entity-tag',
    point: 'preSerialization',
    onFailure: 'cannot fail',
    install: ({ fastify }) => fastify.addHook('preSerialization', setEntityTag),
  },
  {
    stage: 'refusal-audit',
    point: 'preSerialization',
    onFailure: 'refused',
    install: ({ fastify, platform }) => fastify.addHook('preSerialization', recordRefusal(platform.refusals)),
  },
  {
    stage: 'last-answer',
    point: 'onSend',
    onFailure: 'cannot fail',
    install: ({ fastify, platform }) => fastify.addHook('onSend', announceStop(platform.health)),
  },
  {
    stage: 'admission-release',
    point: 'onSend',
    onFailure: 'cannot fail',
    install: ({ fastify, platform }) =>
      fastify.addHook('onSend', settleRequest(platform.admission, platform.largeBodies)),
  },
  {
    stage: 'observation',
    point: 'onResponse',
    onFailure: 'cannot fail',
    install: ({ fastify, platform }) =>
      fastify.addHook('onResponse', observeResponse(platform.logging, platform.metrics)),
  },
];

/** Installs every stage in the order of the table. */
export function installPipeline(app: NestFastifyApplication, platform: Platform): void {
  const guards: Type<CanActivate>[] = [];
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance; // Nest types it by its own server union
  const guard = (type: Type<CanActivate>) => void guards.push(type);
  for (const { install } of REQUEST_PIPELINE) install({ app, fastify, platform, guard });
  app.useGlobalGuards(...guards.map((type) => app.get(type)));
}

function largestBody({ ordinaryBytes, importBytes }: BodyLimits): number {
  return Math.max(ordinaryBytes, importBytes);
}

interface Issue {
  /** Zod's kind of issue. */
  readonly code?: string;
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** Which fields break which rule. Messages are the schemas' own texts; the one that would repeat what was sent is replaced. */
function invalidRequest(issues: readonly Issue[]): Error {
  const faults = issues.slice(0, 50).map((issue) => ({
    path: (issue.path ?? []).map(segmentText).join('.'),
    message: publicMessageOf(issue),
  }));
  return requestErrors.error('request-invalid', { faults });
}

/** The name of an unknown member is the caller's text: it may be anybody's data, and as long as the whole body. */
function publicMessageOf({ code, message }: Issue): string {
  return code === 'unrecognized_keys' ? 'has members that are not known here' : message;
}

function segmentText(segment: PropertyKey | { readonly key: PropertyKey }): string {
  return String(typeof segment === 'object' ? segment.key : segment);
}
