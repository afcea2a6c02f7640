import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { appModule } from './app.module.ts';
import { listenerOptions } from './edge/index.ts';
import { PAGE_PATHS } from './modules/account-pages/index.ts';
import { ApiDescription, createOpenApiDocument } from './modules/api-description/index.ts';
import { NestLogger } from './observability/index.ts';
import type { Platform } from './platform/index.ts';
import { installPipeline } from './request-pipeline.ts';

/** Where the API lives; health and the pages of the own account are beside it. */
export const API_PREFIX = 'api/v1';

/** The HTTP application over a platform: pipeline installed, routes described, not yet listening. */
export async function createHttpApplication(platform: Platform): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(
    appModule(platform),
    fastifyAdapter(platform),
    {
      logger: new NestLogger(platform.logging),
      abortOnError: false,
      forceCloseConnections: false,
    },
  );
  app.setGlobalPrefix(API_PREFIX, {
    exclude: ['.well-known/jwks.json', 'health/live', 'health/ready', ...PAGE_PATHS],
  });
  installPipeline(app, platform);
  await app.init();
  app.get(ApiDescription).describe(createOpenApiDocument(app));
  return app;
}

function fastifyAdapter({ configuration, home }: Platform) {
  const options = listenerOptions(configuration, home.tls);
  return new FastifyAdapter(options as ConstructorParameters<typeof FastifyAdapter>[0]);
}
