import { type AccountId, newId } from '@careward/kernel';
import { sql } from 'kysely';
import { auditEntryInsert } from '../../audit/index.ts';
import type { Database, ScopedDatabase, Statement } from '../../persistence/index.ts';
import { type ActingContext, securityEvent } from '../sessions/session.repository.ts';
import type { DeviceId } from '../sessions/session-types.ts';

/** A device as its owner sees it. */
export interface DeviceView {
  readonly id: DeviceId;
  readonly label: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
}

/** What a completed sign-in says of its device. */
export interface DeviceUse {
  readonly deviceId: DeviceId;
  readonly label: string;
  /** The device was unknown until now: the person is told. */
  readonly isNew: boolean;
  /** What tells the person. */
  readonly notices: readonly Statement[];
}

/** More devices than this, and the one not used for longest is forgotten. */
const MOST_DEVICES = 20;

/** Devices on which an account has signed in. */
export class KnownDeviceRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * Remembers the device of a sign-in, and answers the account's password hash as it is now: a sign-in whose password was replaced
   * meanwhile has to end.
   */
  async remember(acting: ActingContext, use: DeviceUse): Promise<string | null | undefined> {
    const identity = this.#database.forIdentity(acting);
    const [accounts] = await identity.batch([
      identity.build.selectFrom('account').select('password_hash').where('id', '=', acting.actorId),
      upsertDevice(identity, acting.actorId, use),
      forgetOldest(identity, acting.actorId),
      ...(use.isNew ? [securityEvent(identity, acting, 'device.new', null)] : []),
      ...use.notices,
    ]);
    return accounts[0]?.password_hash;
  }

  /** The devices of the acting account, the last used first. */
  async list(acting: ActingContext): Promise<DeviceView[]> {
    const identity = this.#database.forIdentity(acting);
    const rows = await identity.run(
      identity.build
        .selectFrom('known_device')
        .select(['device_id', 'label', 'created_at', 'last_used_at'])
        .where('account_id', '=', acting.actorId)
        .orderBy('last_used_at', 'desc'),
    );
    return rows.map((row) => ({
      id: row.device_id as DeviceId,
      label: row.label,
      createdAt: row.created_at,
      lastUsedAt: row.last_used_at,
    }));
  }

  /** Forgets a device, with its entries; false when the account knows none of that id. */
  async remove(acting: ActingContext, deviceId: DeviceId): Promise<boolean> {
    const identity = this.#database.forIdentity(acting);
    const entry = { action: 'device.revoke', resourceType: 'device', resourceId: deviceId } as const;
    return identity.transaction(async (tx) => {
      const removed = await tx.run(
        tx.build
          .deleteFrom('known_device')
          .where('account_id', '=', acting.actorId)
          .where('device_id', '=', deviceId)
          .returning('device_id'),
      );
      if (removed.length === 0) return false;
      await tx.batch([
        auditEntryInsert(tx.build, { ...entry, outcome: 'success' }, null),
        securityEvent(identity, acting, 'device.revoke', null),
      ]);
      return true;
    });
  }
}

function upsertDevice(identity: ScopedDatabase, accountId: AccountId, { deviceId, label }: DeviceUse) {
  return identity.build
    .insertInto('known_device')
    .values({ account_id: accountId, device_id: deviceId, label })
    .onConflict((conflict) =>
      conflict.columns(['account_id', 'device_id']).doUpdateSet({ label, last_used_at: sql<Date>`now()` }),
    );
}

function forgetOldest(identity: ScopedDatabase, accountId: AccountId) {
  return identity.build
    .deleteFrom('known_device')
    .where('account_id', '=', accountId)
    .where(
      'device_id',
      'in',
      identity.build
        .selectFrom('known_device')
        .select('device_id')
        .where('account_id', '=', accountId)
        .orderBy('last_used_at', 'desc')
        .orderBy('device_id', 'desc')
        .offset(MOST_DEVICES),
    );
}

/** A new device id. */
export function newDeviceId(): DeviceId {
  return newId() as DeviceId;
}
