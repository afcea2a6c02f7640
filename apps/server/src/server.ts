import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type Clock, type Secret, systemClock } from '@careward/kernel';
import type { Configuration } from './config/index.ts';
import { createHttpApplication } from './http-application.ts';
import { type MetricsServer, startMetricsServer } from './observability/index.ts';
import { openPlatform, type Platform, systemContext } from './platform/index.ts';

/**
 * How long connections stay open once the stop has begun. Requests that have arrived but were not read yet are answered in it, and every
 * answer ends its connection; a connection that is closed as idle could have one on the way.
 */
const LAST_ANSWERS_MS = 250;

/** A server that answers. */
export interface RunningServer {
  readonly url: string;
  readonly metricsUrl: string;
  /** The certificate to trust; undefined with plain HTTP or the operator's own certificate. */
  readonly authorityFile: string | undefined;
  /** The one-time code of the set-up; undefined when there is an administrator. */
  readonly setupCode: Secret<string> | undefined;
  readonly platform: Platform;
  /** Stops: no request is cut, the ledger is up to date, every connection is closed. */
  stop(): Promise<void>;
}

/** Opens the platform and serves it. */
export async function startServer(
  configuration: Configuration,
  clock: Clock = systemClock,
): Promise<RunningServer> {
  const platform = await openPlatform(configuration, clock);
  try {
    return await serve(platform);
  } catch (error) {
    await platform.close();
    throw error;
  }
}

async function serve(platform: Platform): Promise<RunningServer> {
  const { network } = platform.configuration;
  const app = await createHttpApplication(platform);
  const setupCode = await platform.setup.open(systemContext());
  const metrics = await startMetricsServer(platform.metrics, network.metricsPort);
  try {
    await platform.sequencer.start();
    platform.housekeeping.start();
    platform.tokenKeys.start();
    platform.mail.delivery.start();
    await app.listen(network.port, network.host);
  } catch (error) {
    // What failed first is what is told; the rest is only to end.
    await halt(platform, app, metrics).catch(() => undefined);
    throw error;
  }
  const { port } = app.getHttpServer().address() as AddressInfo;
  const scheme = platform.home.tls === undefined ? 'http' : 'https';
  return {
    url: `${scheme}://${network.host.includes(':') ? `[${network.host}]` : network.host}:${port}`,
    metricsUrl: `http://127.0.0.1:${metrics.port}/metrics`,
    authorityFile: platform.home.tls?.authorityFile,
    setupCode,
    platform,
    stop: () => stop(platform, app, metrics),
  };
}

/** In the order in which work flows: no new requests, the answered ones out, their entries sequenced, then the connections. */
async function stop(platform: Platform, app: Closable, metrics: MetricsServer): Promise<void> {
  platform.health.beginStop();
  await delay(LAST_ANSWERS_MS);
  await halt(platform, app, metrics);
  await platform.close();
}

/** Ends everything that would keep the process alive but the connections. */
async function halt(platform: Platform, app: Closable, metrics: MetricsServer): Promise<void> {
  await platform.housekeeping.stop();
  platform.tokenKeys.stop();
  await app.close();
  await platform.mail.delivery.stop();
  await metrics.close();
  await platform.sequencer.stop();
}

interface Closable {
  close(): Promise<void>;
}
