import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { appModule } from './app.module.ts';
import type { Configuration } from './config/index.ts';
import { answerClientError } from './errors/index.ts';
import { ApiDescription, createOpenApiDocument } from './modules/api-description/index.ts';
import { NestLogger } from './observability/index.ts';
import type { Platform } from './platform.ts';
import { installPipeline } from './request-pipeline.ts';

/** Where the API lives; health is beside it. */
export const API_PREFIX = 'api/v1';

/** Time for a client to send its headers, and the whole request (ms). Slow connections are closed. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 60_000;

/** The HTTP application over a platform: pipeline installed, routes described, not yet listening. */
export async function createHttpApplication(platform: Platform): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(appModule(platform), fastifyAdapter(platform), {
    logger: new NestLogger(platform.logging),
    abortOnError: false,
    forceCloseConnections: false,
  });
  app.setGlobalPrefix(API_PREFIX, { exclude: ['health/live', 'health/ready'] });
  installPipeline(app, platform);
  await app.init();
  app.get(ApiDescription).describe(createOpenApiDocument(app));
  return app;
}

function fastifyAdapter({ configuration, home }: Platform): FastifyAdapter {
  return new FastifyAdapter({
    logger: false,
    // Addresses come from the pipeline's own stage, which knows the trusted proxies.
    trustProxy: false,
    bodyLimit: Math.max(configuration.limits.bodyBytes, configuration.import.bodyBytes),
    requestTimeout: REQUEST_TIMEOUT_MS,
    clientErrorHandler: answerClientError,
    routerOptions: { maxParamLength: 200 },
    ...listenerOptions(configuration, home.tls),
  } as ConstructorParameters<typeof FastifyAdapter>[0]);
}

/** The timeouts stand inside `https` as well: Fastify does not pass its own on to a TLS server. */
function listenerOptions({ tls }: Configuration, material: Platform['home']['tls']): object {
  const timeouts = {
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionsCheckingInterval: 5_000,
  };
  if (material === undefined) return { http: timeouts };
  const { certificate, privateKey } = material;
  return {
    https: {
      ...timeouts,
      cert: certificate,
      key: privateKey.reveal(),
      minVersion: tls.minimumVersion,
      ecdhCurve: 'X25519MLKEM768:X25519:P-256:P-384',
    },
  };
}
