import type { AccountExport, Me } from '@careward/api-schema';
import type { OwnSessions } from '../../authentication/index.ts';
import { type CarewardRequest, identityContextOf, requirePrincipal } from '../../request-context/index.ts';
import type { AccountExportRepository } from './account-export.repository.ts';
import { usersErrors } from './users.errors.ts';
import type { UsersService } from './users.service.ts';

type Kept = NonNullable<Awaited<ReturnType<AccountExportRepository['read']>>>;

/** What is kept about the own account, for its person to take along (GDPR, articles 15 and 20). */
export class AccountExportService {
  readonly #repository: AccountExportRepository;
  readonly #users: UsersService;
  readonly #sessions: OwnSessions;

  constructor(repository: AccountExportRepository, users: UsersService, sessions: OwnSessions) {
    this.#repository = repository;
    this.#users = users;
    this.#sessions = sessions;
  }

  /** Everything but secrets. */
  async own(request: CarewardRequest): Promise<AccountExport> {
    const [acting, principal] = [identityContextOf(request), requirePrincipal(request)];
    const kept = await this.#repository.read(acting);
    if (kept === undefined) throw usersErrors.error('account-not-found');
    const me = await this.#users.me(acting, principal);
    return toExport(kept, me, (await this.#sessions.list(principal)).sessions);
  }
}

function toExport(kept: Kept, me: Me, sessions: AccountExport['sessions']): AccountExport {
  return {
    account: accountOf(kept, me),
    memberships: me.memberships,
    factors: factorsOf(kept),
    devices: kept.devices.map(deviceOf),
    sessions,
    securityEvents: kept.events.map(eventOf),
    linkedIdentities: kept.identities.map(identityOf),
  };
}

function accountOf({ account }: Kept, { platformRole }: Me): AccountExport['account'] {
  return {
    ...account,
    platformRole,
    emailVerifiedAt: account.emailVerifiedAt?.toISOString() ?? null,
    createdAt: account.createdAt.toISOString(),
  };
}

function factorsOf({ totp, recoveryCodesLeft, passkeys }: Kept): AccountExport['factors'] {
  return {
    authenticatorApp: totp === undefined ? null : { addedAt: totp.created_at.toISOString() },
    recoveryCodesLeft,
    passkeys: passkeys.map((passkey) => ({
      label: passkey.label,
      backedUp: passkey.backed_up,
      addedAt: passkey.created_at.toISOString(),
      lastUsedAt: passkey.last_used_at?.toISOString() ?? null,
    })),
  };
}

function deviceOf(device: Kept['devices'][number]): AccountExport['devices'][number] {
  return {
    id: device.device_id,
    label: device.label,
    addedAt: device.created_at.toISOString(),
    lastUsedAt: device.last_used_at.toISOString(),
  };
}

function eventOf(event: Kept['events'][number]): AccountExport['securityEvents'][number] {
  return {
    id: event.id,
    kind: event.kind,
    address: event.address,
    client: event.agent,
    sessionId: event.session_id,
    at: event.created_at.toISOString(),
  };
}

function identityOf(identity: Kept['identities'][number]): AccountExport['linkedIdentities'][number] {
  const { issuer, subject, linked_at } = identity;
  return { issuer, subject, linkedAt: linked_at.toISOString() };
}
