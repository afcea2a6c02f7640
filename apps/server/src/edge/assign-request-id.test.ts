import { afterEach, expect, it } from 'vitest';
import { buildEdgeServer } from '../../test-harness/edge-server.ts';

let app: ReturnType<typeof buildEdgeServer>;
afterEach(() => app.close());

it('a user agent that would steer a terminal arrives in the audit trail as harmless text', async () => {
  app = buildEdgeServer((server) => {
    server.get('/', async (request) => ({ agent: request.careward.origin.agent }));
  });
  const answer = await app.inject({ url: '/', headers: { 'user-agent': 'a\u009b31m\u0085b' } });
  expect(answer.json()).toEqual({ agent: 'a\uFFFD31m\uFFFDb' });
});
