import { concern } from './concern.ts';
import { flag, oneOf, path } from './fields.ts';

/** How the listener is protected. Without files a certificate is made in the home folder, signed by a local authority. */
export interface TlsConfiguration {
  /** True: no TLS at all. Only for development, behind nothing but the loopback address. */
  readonly plainHttp: boolean;
  readonly minimumVersion: 'TLSv1.2' | 'TLSv1.3';
  readonly certificateFile: string | undefined;
  readonly keyFile: string | undefined;
}

/** Reads {@link TlsConfiguration}. */
export const tlsConcern = concern(
  {
    CAREWARD_TLS_CERT_FILE: path().optional(),
    CAREWARD_TLS_KEY_FILE: path().optional(),
    CAREWARD_TLS_MIN_VERSION: oneOf(['1.3', '1.2']).default('1.3'),
    CAREWARD_PLAIN_HTTP: flag().default(false),
  },
  (values): TlsConfiguration => ({
    plainHttp: values.CAREWARD_PLAIN_HTTP,
    minimumVersion: `TLSv${values.CAREWARD_TLS_MIN_VERSION}`,
    certificateFile: values.CAREWARD_TLS_CERT_FILE,
    keyFile: values.CAREWARD_TLS_KEY_FILE,
  }),
);
