import ipaddr from 'ipaddr.js';
import { concern } from './concern.ts';
import { host, list, wholeNumber } from './fields.ts';

/** Where the server listens, whom it believes about addresses, and which browser origins may call it. */
export interface NetworkConfiguration {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** Port of the metrics listener, which binds to the loopback address only. 0 lets the system choose. */
  readonly metricsPort: number;
  /** CIDR ranges whose X-Forwarded-For is believed; undefined when the variable is absent, empty when it says `none`; production needs one. */
  readonly trustedProxies: readonly string[] | undefined;
  /** Exact origins, as browsers send them. Empty: no cross-origin use. */
  readonly corsOrigins: readonly string[];
}

const EVERYONE = 'trusts every address, so a client could choose its own; name the proxies only';

/** Reads {@link NetworkConfiguration}. */
export const networkConcern = concern(
  {
    CAREWARD_HOST: host().default('127.0.0.1'),
    CAREWARD_PORT: wholeNumber(0, 65_535).default(8443),
    CAREWARD_METRICS_PORT: wholeNumber(0, 65_535).default(9464),
    CAREWARD_TRUSTED_PROXIES: list(
      (entry) => entry === 'none' || isAddressOrRange(entry),
      'must be addresses or CIDR ranges divided by commas, or the word none; for example 10.0.0.0/8,fd00::/8',
    )
      .refine((entries) => !entries.some((entry) => /\/0+$/.test(entry)), { error: EVERYONE })
      .refine((entries) => entries.length === 1 || !entries.includes('none'), {
        error: 'says none beside other entries; keep one or the other',
      })
      .transform((entries) => entries.filter((entry) => entry !== 'none').map(asRange))
      .optional(),
    CAREWARD_CORS_ORIGINS: list(
      isOrigin,
      'must be origins divided by commas, without path or wildcard; for example https://console.example.org',
    ).default([]),
  },
  (values): NetworkConfiguration => ({
    host: values.CAREWARD_HOST,
    port: values.CAREWARD_PORT,
    metricsPort: values.CAREWARD_METRICS_PORT,
    trustedProxies: values.CAREWARD_TRUSTED_PROXIES,
    corsOrigins: values.CAREWARD_CORS_ORIGINS,
  }),
);

function isAddressOrRange(entry: string): boolean {
  if (entry.includes('/')) return ipaddr.isValidCIDR(entry) && !/^\d+\//.test(entry);
  return ipaddr.IPv4.isValidFourPartDecimal(entry) || ipaddr.IPv6.isValid(entry);
}

function asRange(entry: string): string {
  if (entry.includes('/')) return entry;
  return `${entry}/${ipaddr.parse(entry).kind() === 'ipv4' ? 32 : 128}`;
}

function isOrigin(entry: string): boolean {
  if (entry.includes('*') || !URL.canParse(entry)) return false;
  const url = new URL(entry);
  return (url.protocol === 'https:' || url.protocol === 'http:') && url.origin === entry;
}
