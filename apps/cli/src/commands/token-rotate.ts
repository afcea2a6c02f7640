import { EXIT } from '../exit-codes.ts';
import { loadServer } from '../load-server.ts';
import type { Terminal } from '../terminal.ts';

/** Options of `token rotate`. */
export interface TokenRotateOptions {
  readonly now?: boolean;
}

/** Makes another key sign. With the embedded database the server has to be stopped; a running one is asked through its API. */
export async function rotateTokenKey(
  { now = false }: TokenRotateOptions,
  terminal: Terminal,
): Promise<number> {
  const { loadConfiguration, openPlatform, rotateTokenKeys } = await loadServer();
  const platform = await openPlatform(
    loadConfiguration({ ...terminal.environment, CAREWARD_LOG_LEVEL: 'silent' }),
  );
  try {
    const { rotated, keyId, signsFrom } = await rotateTokenKeys(platform, { withdraw: now });
    terminal.out(`${keyId} signs from ${signsFrom.toISOString()}`);
    if (!rotated) terminal.note('It was on its way already; nothing was changed.');
    if (now)
      terminal.note('No token of an earlier key counts any more; running servers follow within a minute.');
    return EXIT.ok;
  } finally {
    await platform.close();
  }
}
