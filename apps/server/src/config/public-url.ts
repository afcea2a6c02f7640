// Where people and their browsers reach this server.
//
// Defends links in mail, the address that proofs of possession are made for, and the origin of passkeys from the Host header, which
// anybody writes as they like: all of them come from this one setting. Does not check that the address leads here.
import { z } from 'zod';
import { concern } from './concern.ts';
import { text } from './fields.ts';

/** The server's address as it is seen from outside. */
export interface PublicUrlConfiguration {
  /** An https origin, without a slash at its end. */
  readonly url: string;
  /** Whether the operator named it. Production refuses a server that has to guess its own address. */
  readonly isNamed: boolean;
}

const FAULT =
  'must be an https origin without path, query or slash at its end; for example https://careward.example.org';

/** Reads {@link PublicUrlConfiguration}. */
export const publicUrlConcern = concern(
  {
    CAREWARD_PUBLIC_URL: text().refine(isPublicOrigin, { error: FAULT }).optional(),
    // Read for the default only: its own faults are told by the concern of the network.
    CAREWARD_PORT: z.string().optional(),
  },
  (values): PublicUrlConfiguration => ({
    url: values.CAREWARD_PUBLIC_URL ?? `https://localhost:${values.CAREWARD_PORT ?? '8443'}`,
    isNamed: values.CAREWARD_PUBLIC_URL !== undefined,
  }),
);

function isPublicOrigin(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, origin, username, password } = new URL(value);
  return protocol === 'https:' && origin === value && username === '' && password === '';
}
