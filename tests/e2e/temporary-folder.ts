import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A folder that is gone after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'careward-e2e-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The environment of a server that is alone on its home and its ports. */
export function homeEnvironment(folder: string): Record<string, string> {
  return { CAREWARD_HOME: join(folder, 'home'), CAREWARD_PORT: '0', CAREWARD_METRICS_PORT: '0' };
}
