import Fastify from 'fastify';
import { expect, it } from 'vitest';
import { announceStop } from './response-stages.ts';

it('answers of a server that stops close their connection, and none before', async () => {
  const health = { isStopping: false };
  const app = Fastify();
  app.addHook('onSend', announceStop(health));
  app.get('/', async () => ({}));
  expect((await app.inject('/')).headers.connection).toBe('keep-alive');
  health.isStopping = true;
  expect((await app.inject('/')).headers.connection).toBe('close');
});
