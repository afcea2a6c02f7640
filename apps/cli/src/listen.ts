import type { Configuration, RunningServer } from '@careward/server';
import { cliErrors } from './cli.errors.ts';
import { loadServer } from './load-server.ts';

/** Starts the server; an address that cannot be listened at is `cli-address-unavailable`. */
export async function listen(configuration: Configuration): Promise<RunningServer> {
  const { startServer } = await loadServer();
  try {
    return await startServer(configuration);
  } catch (cause) {
    if (!isListenFailure(cause)) throw cause;
    const { host, port } = configuration.network;
    throw cliErrors.error('cli-address-unavailable', { detail: `${host}:${port}: ${cause.code}`, cause });
  }
}

function isListenFailure(error: unknown): error is NodeJS.ErrnoException {
  return (
    error instanceof Error && 'syscall' in error && ['listen', 'getaddrinfo'].includes(String(error.syscall))
  );
}
