import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { Secret } from '@careward/kernel';
import { homeErrors } from './home.errors.ts';
import type { TlsMaterial } from './home-certificates.ts';

/** Group members may read, as certificate tools and orchestrators arrange it; everybody else may do nothing, nobody may write. */
const FORBIDDEN_RIGHTS = 0o037;

/**
 * Reads the operator's certificate and key. Links are followed: certificate tools exchange them by link.
 * @throws CarewardError `home-exposed` when others may read the key, `home-file-malformed` when the two do not belong together
 */
export async function readOperatorCertificate(
  certificateFile: string,
  keyFile: string,
): Promise<TlsMaterial> {
  const { mode } = await stat(keyFile);
  if ((mode & FORBIDDEN_RIGHTS) !== 0) {
    throw homeErrors.error('home-exposed', {
      detail: `${keyFile}: others may read or write it; run chmod 640 on it`,
    });
  }
  const [certificate, key] = await Promise.all([
    readFile(certificateFile, 'utf8'),
    readFile(keyFile, 'utf8'),
  ]);
  rejectMismatch(certificateFile, certificate, key);
  return { certificate, privateKey: Secret.of(key), authorityFile: undefined };
}

function rejectMismatch(path: string, certificate: string, key: string): void {
  let belongs: boolean;
  try {
    belongs = new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
  } catch (cause) {
    throw homeErrors.error('home-file-malformed', { detail: `${path}: certificate or key is no PEM`, cause });
  }
  if (!belongs)
    throw homeErrors.error('home-file-malformed', { detail: `${path}: the key is of another certificate` });
}
