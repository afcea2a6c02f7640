import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const besideRepository = resolve(import.meta.dirname, '../../../../shared/data');

/**
 * The path of a file or folder of the shared test data, or undefined when this machine has none: skip the test then,
 * with `sharedDataAbsent` as the reason. The data lies where CAREWARD_SHARED_DATA says, else in `shared/data` beside
 * the repository. Without arguments it answers the folder itself.
 */
export function sharedData(...segments: readonly string[]): string | undefined {
  const path = join(process.env.CAREWARD_SHARED_DATA ?? besideRepository, ...segments);
  return existsSync(path) ? path : undefined;
}

/** Parses one JSON file of the shared data; undefined when the data is absent. The caller vouches for the shape. */
export function readSharedJson<T>(...segments: readonly string[]): T | undefined {
  const path = sharedData(...segments);
  return path === undefined ? undefined : (JSON.parse(readFileSync(path, 'utf8')) as T);
}

/** The reason to give when a test is skipped for want of shared data. */
export const sharedDataAbsent = 'no shared test data: set CAREWARD_SHARED_DATA';
