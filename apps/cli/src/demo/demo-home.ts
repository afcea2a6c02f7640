import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../terminal.ts';
import type { NamedBundle } from './bundles/fhir.ts';
import { freePort } from './free-port.ts';

/** A home that lasts as long as the demonstration. */
export interface DemoHome {
  readonly path: string;
  /** The environment of a server on this home: nothing of the caller's own deployment is in it, and nothing that weakens a defence. */
  readonly environment: Environment;
  /** Writes bundles beside the home and gives their paths. */
  writeBundles(bundles: readonly NamedBundle[]): Promise<string[]>;
  remove(): Promise<void>;
}

/** Makes the folder, readable by this account only. */
export async function createDemoHome(outer: Environment): Promise<DemoHome> {
  const folder = await mkdtemp(join(tmpdir(), 'careward-demo-'));
  const path = join(folder, 'home');
  const port = outer.CAREWARD_PORT ?? (await freePort());
  return {
    path,
    environment: {
      CAREWARD_HOME: path,
      CAREWARD_PORT: port,
      CAREWARD_PUBLIC_URL: `https://localhost:${port}`,
      CAREWARD_METRICS_PORT: '0',
      CAREWARD_LOG_LEVEL: outer.CAREWARD_LOG_LEVEL ?? 'error',
      CAREWARD_AUDIT_SEQUENCE_INTERVAL_MS: '100',
    },
    writeBundles: (bundles) => writeBundles(join(folder, 'bundles'), bundles),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

async function writeBundles(folder: string, bundles: readonly NamedBundle[]): Promise<string[]> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const paths: string[] = [];
  for (const { fileName, bundle } of bundles) {
    const path = join(folder, fileName);
    await writeFile(path, JSON.stringify(bundle), { mode: 0o600 });
    paths.push(path);
  }
  return paths;
}
