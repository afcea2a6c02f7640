/** A bare Fastify server with the first stage and the problem filter, for tests of single stages. */
import fastify, { type FastifyInstance } from 'fastify';
import { assignRequestId } from '../src/edge/index.ts';
import { ProblemFilter } from '../src/errors/index.ts';

/** Builds the server; `configure` adds stages and routes. */
export function buildEdgeServer(configure: (server: FastifyInstance) => void): FastifyInstance {
  const app = fastify();
  const filter = new ProblemFilter();
  app.setErrorHandler((error, request, reply) => filter.answer(error, request, reply));
  app.setNotFoundHandler((request, reply) => {
    filter.answer(Object.assign(new Error(), { code: 'FST_ERR_NOT_FOUND' }), request, reply);
  });
  app.addHook('onRequest', assignRequestId());
  configure(app);
  return app;
}
