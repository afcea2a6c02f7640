// The listener of metrics, on a port of its own.
//
// Defends figures about the operation from the network: it binds to the loopback address whatever the configuration says, and
// refuses a foreign Host header, so that a web page cannot reach it by DNS rebinding. It has no password: any process of this
// machine can read it.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Metrics } from './metrics.ts';

/** A running metrics listener. */
export interface MetricsServer {
  readonly port: number;
  close(): Promise<void>;
}

const LOOPBACK = '127.0.0.1';

/** Serves `GET /metrics` on the loopback address. Port 0 lets the system choose. */
export async function startMetricsServer(metrics: Metrics, port: number): Promise<MetricsServer> {
  const options = { headersTimeout: 5_000, requestTimeout: 5_000, connectionsCheckingInterval: 1_000 };
  const server = createServer(options, (request, response) => void answer(metrics, request, response));
  await listen(server, port);
  return {
    port: (server.address() as AddressInfo).port,
    close: () => close(server),
  };
}

async function answer(metrics: Metrics, request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.setHeader('x-content-type-options', 'nosniff').setHeader('cache-control', 'no-store');
  if (!isLoopbackHost(request.headers.host)) return void response.writeHead(403).end();
  if (request.method !== 'GET' || request.url !== '/metrics') return void response.writeHead(404).end();
  try {
    const text = await metrics.registry.metrics();
    response.writeHead(200, { 'content-type': metrics.registry.contentType }).end(text);
  } catch {
    response.writeHead(500).end();
  }
}

function isLoopbackHost(host: string | undefined): boolean {
  return host !== undefined && /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/.test(host);
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, LOOPBACK, resolve);
  });
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
