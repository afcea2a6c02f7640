import { describeEndpoints, type Endpoint } from '../../../apps/server/src/describe-endpoints.ts';
import { createHttpApplication } from '../../../apps/server/src/http-application.ts';
import type { Platform } from '../../../apps/server/src/platform/index.ts';

/** The endpoints of an application over this platform. */
export async function endpointsOf(platform: Platform): Promise<Endpoint[]> {
  const app = await createHttpApplication(platform);
  try {
    return await describeEndpoints(app);
  } finally {
    await app.close();
  }
}

/** One line about an endpoint: everything that decides who reaches what through it. */
export function endpointLine(endpoint: Endpoint): string {
  const { method, path, entry, permissions, roles, clinicScoped, phi, body } = endpoint;
  const { recentProof, whileDistrusted } = endpoint;
  return [
    method.padEnd(6),
    path.padEnd(48),
    entry === 'permission' ? permissions.join('|') : entry,
    `roles=${roles.length === 0 ? '-' : roles.join('|')}`,
    clinicScoped ? 'clinic' : '-',
    phi ? 'phi' : '-',
    recentProof ? 'recent-proof' : whileDistrusted ? 'while-distrusted' : '-',
    `body=${body}`,
  ].join(' ');
}

/** The names of the parameters in an endpoint's path. */
export function parametersOf({ path }: Endpoint): string[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name]) => name ?? '');
}
