import { request } from 'node:http';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Metrics, type MetricsServer, startMetricsServer } from './index.ts';

let metrics: Metrics;
let server: MetricsServer;
beforeEach(async () => {
  metrics = new Metrics();
  server = await startMetricsServer(metrics, 0);
});
afterEach(() => server.close());

it('serves the figures to this machine', async () => {
  metrics.limitsLocal.set(1);
  metrics.refusals.inc({ code: 'edge-rate-limited' });
  const { status, body } = await get('/metrics');
  expect(status).toBe(200);
  expect(body).toContain('careward_limits_local 1');
  expect(body).toContain('careward_refusals_total{code="edge-rate-limited"} 1');
});

it('refuses a foreign Host header, so that a web page cannot read it by DNS rebinding', async () => {
  expect((await get('/metrics', { host: 'evil.example' })).status).toBe(403);
  expect((await get('/metrics', { host: `localhost:${server.port}` })).status).toBe(200);
});

it('has nothing else to offer', async () => {
  expect((await get('/')).status).toBe(404);
  expect((await get('/metrics?x=1')).status).toBe(404);
});

it('keeps two servers of one process apart', () => {
  new Metrics().limitsLocal.set(5);
  expect(metrics.registry).not.toBe(new Metrics().registry);
});

function get(path: string, headers: Record<string, string> = {}): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port: server.port, path, headers, agent: false }, (response) => {
      let body = '';
      response.on('data', (chunk) => {
        body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    })
      .on('error', reject)
      .end();
  });
}
