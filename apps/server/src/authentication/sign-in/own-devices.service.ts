import type { KnownDeviceList, SecurityEventPage } from '@careward/api-schema';
import type { Clock } from '@careward/kernel';
import { type PageRequest, toPage } from '../../request-context/index.ts';
import { authenticationErrors } from '../authentication.errors.ts';
import type { ActingContext } from '../sessions/session.repository.ts';
import type { SessionManagementService } from '../sessions/session-management.service.ts';
import type { KnownDeviceRepository } from './known-device.repository.ts';
import { asDeviceId } from './known-device.ts';
import type { SecurityEventRepository } from './security-event.repository.ts';

/** What the service works with. */
export interface OwnDevicesParts {
  readonly devices: KnownDeviceRepository;
  readonly events: SecurityEventRepository;
  readonly sessions: SessionManagementService;
  readonly clock: Clock;
}

/** Where a person has signed in, and what happened to their account. */
export class OwnDevicesService {
  readonly #parts: OwnDevicesParts;

  constructor(parts: OwnDevicesParts) {
    this.#parts = parts;
  }

  /** The devices of the account. */
  async list(acting: ActingContext): Promise<KnownDeviceList> {
    const devices = await this.#parts.devices.list(acting);
    return {
      devices: devices.map(({ id, label, createdAt, lastUsedAt }) => ({
        id,
        label,
        createdAt: createdAt.toISOString(),
        lastUsedAt: lastUsedAt.toISOString(),
      })),
    };
  }

  /** Forgets a device and ends its sessions: it is a stranger's from now on. */
  async revoke(acting: ActingContext, id: string): Promise<void> {
    const { devices, sessions } = this.#parts;
    const deviceId = asDeviceId(id);
    if (!(await devices.remove(acting, deviceId))) throw authenticationErrors.error('known-device-not-found');
    for (const { record, body } of await sessions.list(acting.actorId)) {
      if (body.deviceId === deviceId) await sessions.end(acting, record.sessionId);
    }
  }

  /** A page of what happened to the account in the last 30 days. */
  async listEvents(acting: ActingContext, page: PageRequest<string>): Promise<SecurityEventPage> {
    const events = await this.#parts.events.list(acting, page, this.#parts.clock.now());
    return toPage(events, page.limit, ({ at, ...event }) => ({ ...event, at: at.toISOString() }));
  }
}
