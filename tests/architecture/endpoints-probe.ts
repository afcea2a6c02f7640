import type { Role } from '@careward/access-policy';
import { type AccountId, type ClinicId, newId } from '@careward/kernel';
import { Controller, Get } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { appModule } from '../../apps/server/src/app.module.ts';
import { RequirePermission, Roles } from '../../apps/server/src/authorization/index.ts';
import { describeEndpoints } from '../../apps/server/src/describe-endpoints.ts';
import { listenerOptions } from '../../apps/server/src/edge/index.ts';
import { API_PREFIX } from '../../apps/server/src/http-application.ts';
import type { Platform } from '../../apps/server/src/platform/index.ts';
import { installPipeline } from '../../apps/server/src/request-pipeline.ts';
import { plantSession } from '../../apps/server/test-harness/index.ts';

/** The User-Agent of injected requests. */
const INJECTED_AGENT = 'lightMyRequest';

/** A controller that forgot every declaration. */
@Controller('undeclared')
class UndeclaredController {
  @Get()
  read(): { readonly open: true } {
    return { open: true };
  }
}

/** A controller that takes one of the roles which hold its permission. */
@Controller('narrowed')
class NarrowedController {
  @Get()
  @RequirePermission('view_own_clinics')
  @Roles('DOCTOR')
  read(): { readonly open: true } {
    return { open: true };
  }
}

/** The real application with a forgetful controller, a narrow one, and one route registered past Nest. */
export async function probedApplication(platform: Platform) {
  const module = appModule(platform);
  const controllers = [...(module.controllers ?? []), UndeclaredController, NarrowedController];
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
  return { app, describe: () => describeEndpoints(app), bearerOf: (role: Role) => bearerOf(platform, role) };
}

/** A genuine token of somebody who holds a role. */
async function bearerOf(platform: Platform, role: Role): Promise<string> {
  const isPlatform = role === 'SUPER_ADMIN';
  const memberships = isPlatform ? [] : [{ clinicId: newId<ClinicId>(), roles: [role] }];
  const rights = { platformRole: isPlatform ? role : null, memberships };
  const person = { accountId: newId<AccountId>(), rights, clinicId: null, agent: INJECTED_AGENT };
  return `Bearer ${await plantSession(platform, person)}`;
}
