/** The route on Nest and Fastify with whatever guards it is given: none, or those of the design that is compared. */
import { type CanActivate, Controller, Get, Module, Param } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { ClinicReader } from './clinic-answer.ts';

/** Serves `GET /clinics/:clinicId` on a free port of the loopback address and answers its URL. */
export async function serveClinics(databaseUrl: string, guards: readonly CanActivate[]): Promise<string> {
  const app = await NestFactory.create<NestFastifyApplication>(
    clinicModule(databaseUrl),
    new FastifyAdapter(),
    {
      logger: false,
    },
  );
  app.useGlobalGuards(...guards);
  await app.listen({ port: 0, host: '127.0.0.1' });
  return await app.getUrl();
}

/** Decorators are called as the functions they are: this file runs without a build. */
function clinicModule(databaseUrl: string) {
  const reader = new ClinicReader(databaseUrl);
  class ClinicController {
    get(clinicId: string) {
      return reader.get(clinicId);
    }
  }
  const { prototype } = ClinicController;
  Param('clinicId')(prototype, 'get', 0);
  Get('clinics/:clinicId')(prototype, 'get', { value: prototype.get });
  Controller()(ClinicController);
  class ClinicModule {}
  Module({ controllers: [ClinicController] })(ClinicModule);
  return ClinicModule;
}
