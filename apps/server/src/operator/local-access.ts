import type { Configuration } from '../config/index.ts';
import { authorityFileOf } from '../connections/index.ts';

/** How a client on this machine reaches the server. */
export interface LocalAccess {
  readonly url: string;
  /** The certificate to trust; undefined with plain HTTP or the operator's own certificate. */
  readonly authorityFile: string | undefined;
  /** What the server calls its own address: proofs of a bound key are made for it. */
  readonly publicUrl: string;
}

/** Every address of the machine is reached at its loopback address, for which the home's certificate is made. */
const ANY_ADDRESS: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/** The access that this configuration gives. The server need not run. */
export function localAccess({ network, tls, home, publicUrl }: Configuration): LocalAccess {
  const host = ANY_ADDRESS[network.host] ?? network.host;
  const scheme = tls.plainHttp ? 'http' : 'https';
  const usesHome = !tls.plainHttp && tls.certificateFile === undefined;
  return {
    url: `${scheme}://${host.includes(':') ? `[${host}]` : host}:${network.port}`,
    publicUrl: publicUrl.url,
    authorityFile: usesHome ? authorityFileOf(home.path) : undefined,
  };
}
