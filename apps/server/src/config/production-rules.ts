// What production refuses, in one list.
//
// Defends an operator from running with a convenience that development allows: generated keys, no TLS, unknown proxies, a
// database login that could switch row-level security off, staff without a second factor. Reads only the configuration and
// the key files' `origin`.
// Does not look into the database: whether the login really is unprivileged is asked again when the pool opens.
import type { Fault } from '@careward/kernel';
import { databaseFaults, redisFaults } from './connection-rules.ts';
import { keyFileOrigin } from './key-file-origin.ts';
import type { KeysConfiguration } from './keys.ts';
import { mailFaults, publicUrlFaults } from './mail-rules.ts';
import type { NetworkConfiguration } from './network.ts';
import { openidFaults } from './openid.ts';
import type { Settings } from './settings.ts';
import { attemptFaults, idleFaults, signInPolicyFaults } from './sign-in-rules.ts';
import type { TlsConfiguration } from './tls.ts';

/** Every reason why these settings may not serve in production. Concerns that could not be read are left out: they have faults. */
export function productionFaults(settings: Partial<Settings>): Fault[] {
  const { limits, tls, network, keys, database, store, sessions, signInPolicy, mail, publicUrl, openid } =
    settings;
  return [
    ...(tls ? tlsFaults(tls) : []),
    ...(network ? networkFaults(network) : []),
    ...(keys ? keyFaults(keys) : []),
    ...(database ? databaseFaults(database) : []),
    ...(store ? redisFaults(store) : []),
    ...(mail ? mailFaults(mail) : []),
    ...(publicUrl ? publicUrlFaults(publicUrl) : []),
    ...(openid ? openidFaults(openid) : []),
    ...(limits ? attemptFaults(limits) : []),
    ...(sessions ? idleFaults(sessions) : []),
    ...(signInPolicy ? signInPolicyFaults(signInPolicy) : []),
  ];
}

function tlsFaults(tls: TlsConfiguration): Fault[] {
  const faults: Fault[] = [];
  if (tls.plainHttp) {
    faults.push({
      path: 'CAREWARD_PLAIN_HTTP',
      message: 'serves without TLS, which production refuses; unset it',
    });
  } else if (tls.certificateFile === undefined) {
    faults.push({
      path: 'CAREWARD_TLS_CERT_FILE',
      message:
        'is missing, and production refuses the generated certificate; name the certificate chain (PEM)',
    });
  }
  return faults;
}

function networkFaults(network: NetworkConfiguration): Fault[] {
  const faults: Fault[] = [];
  if ((network.trustedProxies ?? []).length === 0) {
    faults.push({
      path: 'CAREWARD_TRUSTED_PROXIES',
      message: 'names no proxy, so client addresses could not be told apart; name the proxies in front',
    });
  }
  if (network.corsOrigins.some((origin) => !origin.startsWith('https://') || isLocalOrigin(origin))) {
    faults.push({
      path: 'CAREWARD_CORS_ORIGINS',
      message:
        'allows an origin without TLS or on this machine, which production refuses; keep public https origins',
    });
  }
  return faults;
}

function keyFaults(keys: KeysConfiguration): Fault[] {
  return [
    keyFault('CAREWARD_REGION_KEY_FILE', keys.regionKeyFile),
    keyFault('CAREWARD_LEDGER_KEY_FILE', keys.ledgerKeyFile),
  ].filter((fault) => fault !== undefined);
}

function keyFault(path: string, file: string | undefined): Fault | undefined {
  if (file === undefined) {
    return {
      path,
      message:
        'is missing, and production refuses generated keys; create the key as operator and name its file',
    };
  }
  if (keyFileOrigin(file) !== 'development') return undefined;
  return {
    path,
    message: 'names a key that was generated for development; create a key as operator and name its file',
  };
}

function isLocalOrigin(origin: string): boolean {
  const { hostname } = new URL(origin);
  return hostname === 'localhost' || hostname.endsWith('.localhost') || /^(?:127\.|\[::1\])/.test(hostname);
}
