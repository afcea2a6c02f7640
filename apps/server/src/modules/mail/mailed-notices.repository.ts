import type { AccountId } from '@careward/kernel';
import type { NoticeKind, PersonNotifier } from '../../authentication/index.ts';
import type { EncryptionService } from '../../encryption/index.ts';
import type { Database, Statement } from '../../persistence/index.ts';
import type { IdentityContext } from '../../request-context/index.ts';
import { mailInsert } from './mail-outbox.repository.ts';
import type { MailTexts } from './mail-texts.ts';

/** What the notices need. */
export interface MailedNoticesParts {
  readonly database: Database;
  readonly encryption: EncryptionService;
  readonly texts: MailTexts;
  readonly context: () => IdentityContext;
  /** Called when a notice is about to be written. */
  readonly onNotice: () => void;
}

/** How long the caller's transaction has to end before the outbox is looked into. */
const SOON_MS = 250;

/** Tells people by mail, at the address of their account, what happened to it. Not to be asked inside a transaction. */
export class MailedNotices implements PersonNotifier {
  readonly #parts: MailedNoticesParts;

  constructor(parts: MailedNoticesParts) {
    this.#parts = parts;
  }

  async noticesOf(accountId: AccountId, kind: NoticeKind): Promise<readonly Statement[]> {
    const { database, encryption, texts, context, onNotice } = this.#parts;
    const identity = database.forIdentity(context());
    const [row] = await identity.run(
      identity.build
        .selectFrom('account')
        .select(['id', 'email'])
        .where('id', '=', accountId)
        .where('status', '<>', 'deleted'),
    );
    if (row === undefined) return [];
    setTimeout(onNotice, SOON_MS).unref();
    const platform = await encryption.forPlatform();
    const recipient = platform.open('account.email', row.id, row.email).reveal();
    return [mailInsert(identity.build, platform, recipient, texts.notice(kind))];
  }
}
