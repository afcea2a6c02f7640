import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { type Clock, Secret } from '@careward/kernel';
import { homeErrors } from './home.errors.ts';
import { type CertifiedKey, createAuthority, createServerCertificate } from './local-certificates.ts';
import {
  createPrivateFile,
  ensurePrivateFolder,
  readPrivateFile,
  replacePrivateFile,
} from './private-file.ts';

/** What the listener needs. `authorityFile` is the certificate to trust in a browser; absent with the operator's certificate. */
export interface TlsMaterial {
  /** Certificate chain, PEM. */
  readonly certificate: string;
  /** Private key, PEM. */
  readonly privateKey: Secret<string>;
  readonly authorityFile: string | undefined;
}

const RENEW_BEFORE_MS = 30 * 86_400_000;

/** Where the certificate lies that clients of this home trust. */
export function authorityFileOf(home: string): string {
  return join(home, 'tls', 'authority.crt');
}

/** The local certificate of the home folder; made when absent, renewed when it has less than 30 days left. */
export async function openHomeCertificates(home: string, clock: Clock): Promise<TlsMaterial> {
  const folder = join(home, 'tls');
  await ensurePrivateFolder(folder);
  const authority = await ensureAuthority(folder, clock);
  const path = join(folder, 'server.pem');
  let server = await readCertifiedKey(path);
  if (!server || needsRenewal(server, authority, clock)) {
    server = await createServerCertificate(authority, clock.now());
    await replacePrivateFile(path, server.privateKey + server.certificate);
  }
  return {
    certificate: server.certificate,
    privateKey: Secret.of(server.privateKey),
    authorityFile: authorityFileOf(home),
  };
}

async function ensureAuthority(folder: string, clock: Clock): Promise<CertifiedKey> {
  const path = join(folder, 'authority.pem');
  if ((await readCertifiedKey(path)) === undefined) {
    const created = await createAuthority(clock.now());
    await createPrivateFile(path, created.privateKey + created.certificate);
  }
  const authority = await readCertifiedKey(path);
  if (!authority) throw homeErrors.error('home-unusable', { detail: `${path} vanished` });
  await replacePrivateFile(join(folder, 'authority.crt'), authority.certificate);
  return authority;
}

/** Key and certificate are one file, so that they are exchanged together or not at all. */
async function readCertifiedKey(path: string): Promise<CertifiedKey | undefined> {
  const text = await readPrivateFile(path);
  if (text === undefined) return undefined;
  const certificateAt = text.indexOf('-----BEGIN CERTIFICATE-----');
  if (certificateAt <= 0 || !text.startsWith('-----BEGIN PRIVATE KEY-----')) {
    throw homeErrors.error('home-file-malformed', { detail: `${path}: remove it, and it is made anew` });
  }
  return { privateKey: text.slice(0, certificateAt), certificate: text.slice(certificateAt) };
}

function needsRenewal(server: CertifiedKey, authority: CertifiedKey, clock: Clock): boolean {
  const certificate = new X509Certificate(server.certificate);
  const isOurs = certificate.verify(new X509Certificate(authority.certificate).publicKey);
  return !isOurs || Date.parse(certificate.validTo) - clock.now() < RENEW_BEFORE_MS;
}
