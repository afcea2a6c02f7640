// The token by which a device is known again: `v1.<account>.<device>.<MAC>`.
//
// Defends a person whose account strangers try: their own device keeps its own count of failures. The MAC makes tokens that nobody else
// can write; the row in known_device makes them revocable. A token signs nobody in: it stands beside a password, never for it.
import { type AccountId, asAccountId, asId, equalInConstantTime, isUuid } from '@careward/kernel';
import type { EncryptionService } from '../../encryption/index.ts';
import type { DeviceId } from '../sessions/session-types.ts';
import { decodeCanonicalBase64Url } from '../tokens/base64url.ts';

/** The cookie in which a browser keeps its device token. */
export const DEVICE_COOKIE = '__Host-careward-device';

/** What a device token says; that the row is still there has to be asked. */
export interface DeviceClaim {
  readonly accountId: AccountId;
  readonly deviceId: DeviceId;
}

/** Writes and reads device tokens. */
export class DeviceTokens {
  readonly #encryption: EncryptionService;

  constructor(encryption: EncryptionService) {
    this.#encryption = encryption;
  }

  /** The token of a device of an account. */
  async write({ accountId, deviceId }: DeviceClaim): Promise<string> {
    const signed = `v1.${accountId}.${deviceId}`;
    return `${signed}.${(await this.#mac(signed)).toString('base64url')}`;
  }

  /** What a token says; undefined for anything that was not written here. */
  async read(token: string | undefined): Promise<DeviceClaim | undefined> {
    const [version, accountId, deviceId, encoded = '', ...rest] = token?.split('.') ?? [];
    if (version !== 'v1' || rest.length > 0 || !isUuid(accountId) || !isUuid(deviceId)) return undefined;
    const presented = decodeCanonicalBase64Url(encoded);
    const mac = await this.#mac(`v1.${accountId}.${deviceId}`);
    if (presented === undefined || !equalInConstantTime(presented, mac)) return undefined;
    return { accountId: asAccountId(accountId), deviceId: asDeviceId(deviceId) };
  }

  async #mac(signed: string): Promise<Buffer> {
    return (await this.#encryption.forPlatform()).mac('known-device', Buffer.from(signed, 'utf8'));
  }
}

/** @throws CarewardError `id-malformed` */
export function asDeviceId(value: unknown): DeviceId {
  return asId<'DeviceId'>()(value) as string as DeviceId;
}

const BROWSERS = [
  ['Edg', 'Edge'],
  ['OPR', 'Opera'],
  ['Firefox', 'Firefox'],
  ['Chrome', 'Chrome'],
  ['Safari', 'Safari'],
] as const;
const SYSTEMS = [
  ['Android', 'Android'],
  ['iPhone', 'iOS'],
  ['iPad', 'iPadOS'],
  ['Windows', 'Windows'],
  ['Mac OS X', 'macOS'],
  ['CrOS', 'ChromeOS'],
  ['Linux', 'Linux'],
] as const;

/** What a person calls such a device, "Firefox on Linux": a hint from the User-Agent, which anybody can write. */
export function deviceLabel(agent: string): string {
  const browser = BROWSERS.find(([mark]) => agent.includes(`${mark}/`))?.[1] ?? 'A client';
  const system = SYSTEMS.find(([mark]) => agent.includes(mark))?.[1];
  return system === undefined ? browser : `${browser} on ${system}`;
}
