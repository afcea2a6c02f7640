import { type AccountId, newId } from '@careward/kernel';
import { Controller, Get } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { appModule } from '../../apps/server/src/app.module.ts';
import { describeEndpoints } from '../../apps/server/src/describe-endpoints.ts';
import { listenerOptions } from '../../apps/server/src/edge/index.ts';
import { API_PREFIX } from '../../apps/server/src/http-application.ts';
import type { Platform } from '../../apps/server/src/platform/index.ts';
import { installPipeline } from '../../apps/server/src/request-pipeline.ts';

/** A controller that forgot every declaration. */
@Controller('undeclared')
class UndeclaredController {
  @Get()
  read(): { readonly open: true } {
    return { open: true };
  }
}

/** The real application with one forgetful controller, and one route registered past Nest; `token` is of somebody signed in. */
export async function undeclaredApplication(platform: Platform) {
  const module = appModule(platform);
  const controllers = [...(module.controllers ?? []), UndeclaredController];
  const options = listenerOptions(platform.configuration, platform.home.tls);
  const adapter = new FastifyAdapter(options as ConstructorParameters<typeof FastifyAdapter>[0]);
  const app = await NestFactory.create<NestFastifyApplication>({ ...module, controllers }, adapter, {
    logger: false,
  });
  app.setGlobalPrefix(API_PREFIX, { exclude: ['health/live', 'health/ready'] });
  installPipeline(app, platform);
  app
    .getHttpAdapter()
    .getInstance()
    .get('/beside-nest', async () => ({}));
  await app.init();
  return { app, describe: () => describeEndpoints(app), token: `Bearer ${await tokenOf(platform)}` };
}

async function tokenOf({ sessions, tokens }: Platform): Promise<string> {
  const accountId = newId<AccountId>();
  const { sessionId } = await sessions.start({
    accountId,
    platformRole: 'SUPER_ADMIN',
    memberships: [],
    tokenClinicId: null,
  });
  return tokens.issue(accountId, sessionId, null).token;
}
