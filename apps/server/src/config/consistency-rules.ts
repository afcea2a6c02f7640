import { accessSync, constants } from 'node:fs';
import type { Fault } from '@careward/kernel';
import { keyFileOrigin } from './key-file-origin.ts';
import type { KeysConfiguration } from './keys.ts';
import { senderFaults } from './mail-rules.ts';
import type { NetworkConfiguration } from './network.ts';
import type { SessionsConfiguration } from './sessions.ts';
import type { Settings } from './settings.ts';
import type { TlsConfiguration } from './tls.ts';
import { legacyTokenFaults } from './tokens.ts';

/** Faults that no single variable has: pairs that belong together, files that are not there. Both profiles. */
export function consistencyFaults({
  tls,
  network,
  keys,
  sessions,
  tokens,
  mail,
}: Partial<Settings>): Fault[] {
  return [
    ...(tls ? certificateFaults(tls) : []),
    ...(tls && network ? plainHttpFaults(tls, network) : []),
    ...(keys ? keyFileFaults(keys) : []),
    ...(sessions ? durationFaults(sessions) : []),
    ...(tokens ? legacyTokenFaults(tokens) : []),
    ...(mail ? senderFaults(mail) : []),
  ];
}

function certificateFaults(tls: TlsConfiguration): Fault[] {
  const faults: Fault[] = [];
  if (tls.certificateFile !== undefined && tls.keyFile === undefined) {
    faults.push({
      path: 'CAREWARD_TLS_KEY_FILE',
      message: 'is missing beside the certificate; name its private key',
    });
  }
  if (tls.keyFile !== undefined && tls.certificateFile === undefined) {
    faults.push({
      path: 'CAREWARD_TLS_CERT_FILE',
      message: 'is missing beside the private key; name its certificate',
    });
  }
  for (const [path, file] of [
    ['CAREWARD_TLS_CERT_FILE', tls.certificateFile],
    ['CAREWARD_TLS_KEY_FILE', tls.keyFile],
  ] as const) {
    if (file !== undefined && !isReadable(file)) {
      faults.push({ path, message: 'names a file that cannot be read; correct the path or its permissions' });
    }
  }
  return faults;
}

function plainHttpFaults(tls: TlsConfiguration, network: NetworkConfiguration): Fault[] {
  const faults: Fault[] = [];
  if (tls.plainHttp && tls.certificateFile !== undefined) {
    faults.push({ path: 'CAREWARD_PLAIN_HTTP', message: 'contradicts the certificate; keep one of the two' });
  }
  if (tls.plainHttp && !['127.0.0.1', '::1', 'localhost'].includes(network.host)) {
    faults.push({
      path: 'CAREWARD_PLAIN_HTTP',
      message: 'serves without TLS beyond this machine; bind CAREWARD_HOST to 127.0.0.1 or unset it',
    });
  }
  return faults;
}

function keyFileFaults(keys: KeysConfiguration): Fault[] {
  const faults: Fault[] = [];
  for (const [path, file] of [
    ['CAREWARD_REGION_KEY_FILE', keys.regionKeyFile],
    ['CAREWARD_LEDGER_KEY_FILE', keys.ledgerKeyFile],
  ] as const) {
    const origin = file === undefined ? undefined : keyFileOrigin(file);
    if (origin === 'unreadable') {
      faults.push({ path, message: 'names a file that cannot be read; correct the path or its permissions' });
    }
    if (origin === 'malformed') {
      faults.push({ path, message: 'names a file that is not a Careward key file; create one and name it' });
    }
  }
  return faults;
}

function durationFaults(sessions: SessionsConfiguration): Fault[] {
  if (sessions.idleMs > sessions.absoluteMs) {
    return [
      {
        path: 'CAREWARD_SESSION_IDLE_SECONDS',
        message: 'is longer than the session itself; make it shorter',
      },
    ];
  }
  return [];
}

function isReadable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
