import type { AccountId } from '@careward/kernel';
import { anonymousContextOf, type RequestOrigin } from '../../request-context/index.ts';
import type { ActingContext } from '../sessions/session.repository.ts';

/** The context of somebody who has shown to be this account, before any role. */
export function actingAs(origin: RequestOrigin, actorId: AccountId): ActingContext {
  return { ...anonymousContextOf(origin), actorId, actorRole: 'ACCOUNT' };
}
