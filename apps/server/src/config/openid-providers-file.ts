// The file of OpenID Connect providers: who may vouch for people here.
//
// Defends an operator from a provider that is misspelt, reached without TLS, trusted twice under two names, or whose secret others
// of the machine can read: every fault of every entry is collected, and the server starts with none. No value is repeated.
// Does not ask whether a provider is there; that is found out when somebody signs in by it.
import { dirname, resolve } from 'node:path';
import { Secret } from '@careward/kernel';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { readPrivateText } from './private-text-file.ts';

/** One provider of OpenID Connect. */
export interface OpenidProviderSettings {
  /** Names the provider in paths. */
  readonly id: string;
  /** What people read on the button. */
  readonly name: string;
  /** Exactly as the provider writes it in `iss`. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: Secret<string>;
  readonly scopes: readonly string[];
  /** Asked for as `acr_values`. */
  readonly acrValues: readonly string[];
  /** ID tokens that say one of these prove a second factor; both empty: the provider is not trusted for one. */
  readonly secondFactor: { readonly acr: readonly string[]; readonly amr: readonly string[] };
  /** Ranges inside private networks where production may reach the provider. */
  readonly privateRanges: readonly string[];
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);
const MOST_PROVIDERS = 32;

const words = (error: string) => z.array(z.string().regex(/^[\x21-\x7e]{1,200}$/, error)).max(20);
const secret = z.string('must be text').regex(/^[\x20-\x7e]{8,512}$/, 'must be 8 to 512 ASCII characters');

const entrySchema = z
  .strictObject({
    id: z
      .string('must be text')
      .regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/, 'must be 1 to 40 of a-z, 0-9 and inner hyphens'),
    name: z.string('must be text').regex(/^[^\p{C}]{1,100}$/u, 'must be 1 to 100 printable characters'),
    issuer: z.string('must be text').refine(isIssuer, 'must be an https URL without query, fragment, login'),
    clientId: z.string('must be text').regex(/^[\x21-\x7e]{1,255}$/, 'must be 1 to 255 ASCII characters'),
    clientSecret: secret.optional(),
    clientSecretFile: z.string('must be text').min(1, 'must be a path').optional(),
    scopes: words('must hold scope names').default(['openid', 'email']),
    acrValues: words('must hold acr values').default([]),
    secondFactor: z
      .strictObject({
        acr: words('must hold acr values').default([]),
        amr: words('must hold amr values').default([]),
      })
      .default({ acr: [], amr: [] }),
    privateRanges: z.array(z.string().refine(ipaddr.isValidCIDR, 'must be CIDR ranges')).max(20).default([]),
  })
  .refine(({ scopes }) => scopes.includes('openid'), { path: ['scopes'], error: 'must include openid' })
  .refine((entry) => (entry.clientSecret === undefined) !== (entry.clientSecretFile === undefined), {
    path: ['clientSecret'],
    error: 'must be given once: as clientSecret or as clientSecretFile',
  });
const listSchema = z.array(entrySchema, 'must be a list of providers').max(MOST_PROVIDERS, 'is too long');

/** The providers of the file, or everything that is wrong with it. */
export type OpenidProviders =
  | { readonly providers: readonly OpenidProviderSettings[] }
  | { readonly faults: readonly string[] };

/** Reads the providers' file and the secret files that it names, which may be relative to it. All have to be private (0600). */
export function readOpenidProviders(path: string): OpenidProviders {
  const file = readPrivateText(path);
  if ('fault' in file) return { faults: [`names a file that ${file.fault}`] };
  const parsed = listSchema.safeParse(parseJson(file.text));
  if (!parsed.success) return { faults: parsed.error.issues.map(faultOf) };
  const faults: string[] = [...duplicates(parsed.data, 'id'), ...duplicates(parsed.data, 'issuer')];
  const providers = parsed.data.map((entry, index) => {
    const { clientSecretFile, ...rest } = entry;
    const clientSecret = rest.clientSecret ?? secretFrom(clientSecretFile ?? '', path, index, faults);
    return Object.freeze({ ...rest, clientSecret: Secret.of(clientSecret) });
  });
  return faults.length > 0 ? { faults } : { providers: Object.freeze(providers) };
}

/** Whether the issuer is reached over plain HTTP, which is for providers on this machine in development. */
export function isPlainHttp({ issuer }: Pick<OpenidProviderSettings, 'issuer'>): boolean {
  return issuer.startsWith('http:');
}

function isIssuer(issuer: string): boolean {
  if (!URL.canParse(issuer) || issuer.length > 500) return false;
  const { protocol, hostname, username, password, search, hash, href } = new URL(issuer);
  const isWritten = href === issuer || href === `${issuer}/`;
  if (!isWritten || username + password + search + hash !== '' || /[?#]/.test(issuer)) return false;
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.has(hostname));
}

function secretFrom(file: string, beside: string, index: number, faults: string[]): string {
  const read = readPrivateText(resolve(dirname(beside), file));
  const text = 'text' in read ? read.text.trimEnd() : '';
  if ('fault' in read) faults.push(`entry ${index + 1}: clientSecretFile ${read.fault}`);
  else if (!secret.safeParse(text).success)
    faults.push(`entry ${index + 1}: clientSecretFile must hold 8 to 512 ASCII characters`);
  return text;
}

function duplicates(entries: z.infer<typeof listSchema>, member: 'id' | 'issuer'): string[] {
  const seen = new Set<string>();
  return entries.flatMap((entry, index) => {
    const isFirst = !seen.has(entry[member]);
    seen.add(entry[member]);
    return isFirst ? [] : [`entry ${index + 1}: ${member} is used twice; keep one entry for each`];
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Names the place; unknown members are counted, not named, since a name in the wrong place may be a value. */
function faultOf({ path, message, code }: z.core.$ZodIssue): string {
  const [index, ...members] = path;
  if (typeof index !== 'number') return `names a file that ${message}`;
  const what = code === 'unrecognized_keys' ? 'has members that are not known; remove them' : message;
  return `entry ${index + 1}: ${[members.filter((part) => typeof part === 'string').join('.'), what].filter(Boolean).join(' ')}`;
}
