import 'reflect-metadata';
import { once } from 'node:events';
import { connect } from 'node:net';
import { CarewardError, errorTable, newId } from '@careward/kernel';
import {
  Body,
  Controller,
  ForbiddenException,
  Get,
  HttpException,
  type INestApplication,
  Module,
  Post,
  ServiceUnavailableException,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerClientError, ProblemFilter, type ProblemReport, toProblem } from './index.ts';

const NEEDLE = 'Buford Cottrill 999-12-3456';
const probe = errorTable({
  'probe-refused': { category: 'unprocessable', publicMessage: 'The probe is refused.' },
  'probe-broken': { category: 'internal', publicMessage: 'A private matter.' },
  'probe-busy': { category: 'rate-limited', publicMessage: 'Later.' },
});

@Controller('probe')
class ProbeController {
  @Get('refused')
  refused(): never {
    const faults = [{ path: 'amount', message: 'must be above 0' }];
    throw probe.error('probe-refused', { detail: NEEDLE, faults });
  }
  @Get('broken')
  broken(): never {
    throw probe.error('probe-broken', { detail: NEEDLE, faults: [{ path: NEEDLE, message: NEEDLE }] });
  }
  @Get('busy')
  busy(): never {
    throw probe.error('probe-busy', { retryAfterSeconds: 2.2 });
  }
  @Get('unknown')
  unknown(): never {
    throw new Error(NEEDLE);
  }
  @Get('text')
  text(): never {
    // oxlint-disable-next-line typescript/only-throw-error -- that anything can be thrown is the case under test
    throw NEEDLE;
  }
  @Get('nest')
  nest(): never {
    throw new ForbiddenException(NEEDLE);
  }
  @Get('nest-wrapped')
  wrapped(): never {
    throw new HttpException(NEEDLE, 400, { cause: probe.error('probe-refused') });
  }
  @Get('closing')
  closing(): never {
    throw new ServiceUnavailableException(NEEDLE);
  }
  @Post('echo')
  echo(@Body() body: unknown): unknown {
    return body;
  }
}

@Module({ controllers: [ProbeController] })
class ProbeModule {}

describe('ProblemFilter', () => {
  let app: NestFastifyApplication;
  const reports: ProblemReport[] = [];

  beforeAll(async () => {
    const adapter = new FastifyAdapter({
      genReqId: () => newId(),
      clientErrorHandler: answerClientError,
      frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) =>
        new ProblemFilter().answer(error, request, reply),
      bodyLimit: 1_000,
    });
    app = await NestFactory.create<NestFastifyApplication & INestApplication>(ProbeModule, adapter, {
      logger: false,
    });
    const filter = new ProblemFilter((report) => {
      reports.push(report);
      throw new Error('a reporter that fails');
    });
    app.useGlobalFilters(filter);
    app
      .getHttpAdapter()
      .getInstance()
      .addHook('onRequest', async (request) => {
        if (request.headers['x-probe'] === 'hook') throw probe.error('probe-refused');
      });
    await app.listen(0, '127.0.0.1');
  });
  afterAll(() => app.close());

  it.each([
    ['GET', '/probe/refused', 422, 'probe-refused'],
    ['GET', '/probe/broken', 500, 'internal-error'],
    ['GET', '/probe/unknown', 500, 'internal-error'],
    ['GET', '/probe/text', 500, 'internal-error'],
    ['GET', '/probe/nest', 403, 'request-forbidden'],
    ['GET', '/probe/nest-wrapped', 422, 'probe-refused'],
    ['GET', '/probe/closing', 503, 'request-unavailable'],
    ['GET', '/probe/busy', 429, 'probe-busy'],
    ['GET', '/nothing/Buford', 404, 'request-route-unknown'],
    ['DELETE', '/probe/refused', 404, 'request-route-unknown'],
    ['GET', '/probe/%zz', 400, 'request-malformed'],
  ] as const)('%s %s answers %i %s and nothing private', async (method, url, status, code) => {
    const response = await app.inject({ method, url });
    expect(response.statusCode).toBe(status);
    expect(response.headers['content-type']).toBe('application/problem+json');
    expect(response.headers['cache-control']).toBe('no-store');
    const problem = response.json<Record<string, unknown>>();
    expect(problem).toMatchObject({ type: `/docs/errors/${code}`, status, code });
    expect(problem.instance).toMatch(/^urn:uuid:[0-9a-f-]{36}$/);
    expect(response.body).not.toMatch(/Buford|999-12|stack|\.ts/);
  });

  it('shows the faults of a refusal and none of a failure', async () => {
    const refused = await app.inject({ url: '/probe/refused' });
    expect(refused.json()).toHaveProperty('faults', [{ path: 'amount', message: 'must be above 0' }]);
    expect((await app.inject({ url: '/probe/broken' })).json()).not.toHaveProperty('faults');
  });

  it('says when to come back, rounded up', async () => {
    expect((await app.inject({ url: '/probe/busy' })).headers['retry-after']).toBe('3');
  });

  it.each([
    ['application/json', '{"name": "Buford', 400, 'request-json-malformed'],
    ['application/json', '', 400, 'request-json-malformed'],
    ['application/json', '{"__proto__": {"admin": true}}', 400, 'request-json-malformed'],
    ['application/json', JSON.stringify({ name: 'Buford'.repeat(400) }), 413, 'request-body-too-large'],
    ['application/x-careward', 'Buford', 415, 'request-media-type-unsupported'],
  ] as const)('a body of %s (%#) is refused with its own code', async (type, payload, status, code) => {
    const response = await app.inject({
      method: 'POST',
      url: '/probe/echo',
      headers: { 'content-type': type },
      payload,
    });
    expect([response.statusCode, response.json<{ code: string }>().code]).toEqual([status, code]);
    expect(response.body).not.toContain('Buford');
  });

  it('answers what a Fastify hook throws in the same form', async () => {
    const response = await app.inject({ url: '/probe/refused', headers: { 'x-probe': 'hook' } });
    expect(response.statusCode).toBe(422);
    expect(response.headers['content-type']).toBe('application/problem+json');
  });

  it('hands the whole error to the reporter, and survives its failure', async () => {
    reports.length = 0;
    await app.inject({ url: '/probe/broken' });
    expect(reports).toHaveLength(1);
    expect(reports[0]).toMatchObject({ status: 500, error: { code: 'probe-broken', detail: NEEDLE } });
  });

  it('answers bytes that are no request with a problem and closes', async () => {
    const answer = await raw('GET / HTTP/9.9\r\nHost: Buford\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(answer).toContain('"code":"request-malformed"');
    expect(answer).not.toContain('Buford');
    const large = await raw(`GET / HTTP/1.1\r\nHost: x\r\nX-Large: ${'a'.repeat(20_000)}\r\n\r\n`);
    expect(large).toMatch(/^HTTP\/1\.1 431 /);
  });

  async function raw(bytes: string): Promise<string> {
    const { port } = app.getHttpServer().address() as { port: number };
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk.toString();
    });
    socket.write(bytes);
    await once(socket, 'close');
    return answer;
  }
});

describe('a reporter that fails', () => {
  it('does not reach whoever asked for the answer', async () => {
    const server = fastify();
    let escaped: unknown;
    const filter = new ProblemFilter(() => {
      throw new Error('a reporter that fails');
    });
    server.setErrorHandler((error, request, reply) => {
      try {
        filter.answer(error, request, reply);
      } catch (failure) {
        escaped = failure;
      }
    });
    server.get('/', () => Promise.reject(probe.error('probe-refused')));
    expect((await server.inject('/')).statusCode).toBe(422);
    expect(escaped).toBeUndefined();
    await server.close();
  });
});

describe('toProblem', () => {
  it('names one occurrence by the request id', () => {
    const id = newId();
    expect(toProblem(probe.error('probe-refused'), id).instance).toBe(`urn:uuid:${id}`);
  });

  it('treats an error that only looks like a CarewardError as unknown', () => {
    const forged = Object.assign(new Error(NEEDLE), { code: 'probe-refused', category: 'not-found' });
    expect(toProblem(forged, newId())).toMatchObject({ status: 500, code: 'internal-error' });
    expect(forged).not.toBeInstanceOf(CarewardError);
  });
});
