/**
 * Identifiers. UUIDv7 (RFC 9562 section 5.7): sortable by the millisecond they were made in, 74 random bits after it.
 * An id names a thing and is no credential: knowing one must never be enough to reach anything.
 */
import { randomBytes } from 'node:crypto';
import { type Clock, systemClock } from './clock.ts';
import { kernelErrors } from './kernel.errors.ts';

declare const brand: unique symbol;

/** A `Base` that only a constructor of that brand can make, as far as the compiler is concerned. */
export type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };

export type ClinicId = Brand<string, 'ClinicId'>;
export type PatientId = Brand<string, 'PatientId'>;
export type AccountId = Brand<string, 'AccountId'>;
export type RecordId = Brand<string, 'RecordId'>;
export type SessionId = Brand<string, 'SessionId'>;
export type RequestId = Brand<string, 'RequestId'>;

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const latestTime = 2 ** 48 - 1;
const poolBytes = 2048;
const randomBytesPerId = 10;
let pool = Buffer.alloc(0);
let used = 0;

/**
 * A fresh UUIDv7 in lower case. Two ids of one millisecond sort at random.
 * @throws RangeError when the clock is outside 1970 to 10889
 */
export function newId<Id extends string = string>(clock: Clock = systemClock): Id {
  const time = Math.floor(clock.now());
  if (!(time >= 0 && time <= latestTime)) throw new RangeError('The clock is outside the range of a UUIDv7');
  const random = takeRandom();
  random[0] = 0x70 | (random.readUInt8(0) & 0x0f);
  random[2] = 0x80 | (random.readUInt8(2) & 0x3f);
  const hex = time.toString(16).padStart(12, '0') + random.toString('hex');
  const text = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  return text as Id;
}

/** True for the text form of a UUID of any version, in either case (RFC 9562 section 4). */
export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && uuidPattern.test(value);
}

/**
 * Makes the constructor of one kind of id: it takes a UUID in either case and answers it in lower case, the one form
 * that is stored, compared and bound into associated data.
 */
export function asId<Name extends string>(): (value: unknown) => Brand<string, Name> {
  return (value) => {
    if (!isUuid(value)) throw kernelErrors.error('id-malformed');
    return value.toLowerCase() as Brand<string, Name>;
  };
}

/** @throws CarewardError `id-malformed` */
export const asClinicId: (value: unknown) => ClinicId = asId<'ClinicId'>();
/** @throws CarewardError `id-malformed` */
export const asPatientId: (value: unknown) => PatientId = asId<'PatientId'>();
/** @throws CarewardError `id-malformed` */
export const asAccountId: (value: unknown) => AccountId = asId<'AccountId'>();
/** @throws CarewardError `id-malformed` */
export const asRecordId: (value: unknown) => RecordId = asId<'RecordId'>();
/** @throws CarewardError `id-malformed` */
export const asSessionId: (value: unknown) => SessionId = asId<'SessionId'>();
/** @throws CarewardError `id-malformed` */
export const asRequestId: (value: unknown) => RequestId = asId<'RequestId'>();

/** Asking the system for random bytes costs microseconds, so one call serves two hundred ids. */
function takeRandom(): Buffer {
  if (used + randomBytesPerId > pool.length) {
    pool = randomBytes(poolBytes);
    used = 0;
  }
  used += randomBytesPerId;
  return pool.subarray(used - randomBytesPerId, used);
}
