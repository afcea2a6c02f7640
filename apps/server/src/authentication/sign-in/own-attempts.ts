import type { Principal } from '../../request-context/index.ts';
import type { SessionManagementService } from '../sessions/session-management.service.ts';
import type { DeviceId } from '../sessions/session-types.ts';
import { asDeviceId } from './known-device.ts';
import type { AttemptSubject } from './lockout.service.ts';

/** Against what a signed-in person's attempts count: the device of their session, which is known; else `target`, as a stranger's. */
export async function ownSubject(
  sessions: SessionManagementService,
  { accountId, sessionId }: Principal,
  target: string,
): Promise<AttemptSubject> {
  const own = await sessions.list(accountId);
  const deviceId = own.find(({ record }) => record.sessionId === sessionId)?.body.deviceId ?? null;
  if (deviceId === null) return { device: 'stranger', target };
  return { device: 'known', accountId, deviceId: asDeviceId(deviceId) satisfies DeviceId };
}
