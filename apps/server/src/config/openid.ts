import type { Fault } from '@careward/kernel';
import { concern } from './concern.ts';
import { path } from './fields.ts';
import { isPlainHttp, type OpenidProviderSettings, readOpenidProviders } from './openid-providers-file.ts';

/** Who else may vouch for people: providers of OpenID Connect. Empty: nobody. */
export interface OpenidConfiguration {
  readonly providers: readonly OpenidProviderSettings[];
}

/** Reads {@link OpenidConfiguration}. */
export const openidConcern = concern(
  {
    CAREWARD_OPENID_PROVIDERS_FILE: path()
      .transform((file, context) => {
        const read = readOpenidProviders(file);
        if ('providers' in read) return read.providers;
        for (const message of read.faults) context.addIssue({ code: 'custom', message });
        return [];
      })
      .optional(),
  },
  (values): OpenidConfiguration => ({ providers: values.CAREWARD_OPENID_PROVIDERS_FILE ?? [] }),
);

/** What production refuses of the providers: to be asked without TLS. */
export function openidFaults({ providers }: OpenidConfiguration): Fault[] {
  const message = (position: number) =>
    `entry ${position}: issuer is reached without TLS, which production refuses; name an https issuer`;
  return providers.flatMap((provider, index) =>
    isPlainHttp(provider) ? [{ path: 'CAREWARD_OPENID_PROVIDERS_FILE', message: message(index + 1) }] : [],
  );
}
