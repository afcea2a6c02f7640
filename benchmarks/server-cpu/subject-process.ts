/** The process of one measured server, by its name in `SUBJECTS`. Answers questions about its own processor time. */
import 'reflect-metadata';
import { loadConfiguration, startServer } from '@careward/server';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import fastify from 'fastify';
import { openRedisClient } from '../../apps/server/test-harness/redis-client.ts';
import { serveClinics } from '../identity/clinic-application.ts';
import { SeedDesignGuard } from '../identity/seed-design.ts';
import type { Listening, Question, Used } from './subject-messages.ts';

interface Subject extends Omit<Listening, 'kind'> {
  settle?(): Promise<unknown>;
}

/** As large as the answer of the non-PHI route that it is compared with. */
const ANSWER = {
  id: '019a0000-0000-7000-8000-00000000000a',
  name: 'Measured clinic',
  region: 'local',
  identifiers: [{ value: 'urn:uuid:019a0000-0000-7000-8000-00000000000a' }],
  createdAt: '2026-01-01T00:00:00.000Z',
};
const LOOPBACK = { port: 0, host: '127.0.0.1' };

const SUBJECTS: Readonly<Record<string, () => Promise<Subject>>> = {
  'bare-fastify': async () => {
    const app = fastify();
    app.get('/answer/:id', () => ANSWER);
    return { url: await app.listen(LOOPBACK) };
  },
  nest: async () => {
    const app = await NestFactory.create<NestFastifyApplication>(answerModule(), new FastifyAdapter(), {
      logger: false,
    });
    await app.listen(LOOPBACK);
    return { url: await app.getUrl() };
  },
  unsecured: async () => ({ url: await serveClinics(variable('BENCH_DATABASE_URL'), []) }),
  'seed-design': async () => {
    const guard = new SeedDesignGuard(await openRedisClient(variable('BENCH_REDIS_URL')));
    return { url: await serveClinics(variable('BENCH_DATABASE_URL'), [guard]) };
  },
  careward: async () => {
    const { url, authorityFile, setupCode, platform } = await startServer(loadConfiguration());
    return { url, authorityFile, setupCode: setupCode?.reveal(), settle: () => platform.sequencer.flush() };
  },
};

const { settle, ...address } = await startSubject(process.argv[2] ?? '');
tell({ kind: 'listening', ...address });
process.on('message', (question: Question) => void answer(question));
// The benchmark has ended or was interrupted: nobody will ask any more.
process.once('disconnect', () => process.exit());

async function answer(question: Question): Promise<void> {
  if (question === 'settle') await settle?.();
  const { user, system } = process.cpuUsage();
  tell({ kind: 'used', micros: user + system });
}

function startSubject(name: string): Promise<Subject> {
  const start = SUBJECTS[name];
  if (start === undefined) throw new Error(`no subject is called ${name}`);
  return start();
}

function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}

function tell(message: Listening | Used): void {
  process.send?.(message);
}

/** Decorators are called as the functions they are: this file runs without a build. */
function answerModule() {
  class AnswerController {
    answer() {
      return ANSWER;
    }
  }
  const { prototype } = AnswerController;
  Get('answer/:id')(prototype, 'answer', { value: prototype.answer });
  Controller()(AnswerController);
  class AnswerModule {}
  Module({ controllers: [AnswerController] })(AnswerModule);
  return AnswerModule;
}
