// Mail that waits to be sent.
//
// Defends mail from being lost or sent for nothing: it is written in the transaction that makes it necessary, and removed when the
// other side has taken it. Recipient and content are sealed under the platform key: a copy of the table tells nobody's address.
import { type AccountId, newId } from '@careward/kernel';
import { sql } from 'kysely';
import type { Mail } from '../../connections/index.ts';
import type { EncryptionService, PlatformCipher } from '../../encryption/index.ts';
import type { Database, QueryBuilder, Statement } from '../../persistence/index.ts';
import type { IdentityContext } from '../../request-context/index.ts';
import type { MailText } from './mail-texts.ts';

/** The statement that puts a mail into the outbox. */
export function mailInsert(
  build: QueryBuilder,
  platform: PlatformCipher,
  recipient: string,
  mail: MailText,
): Statement {
  return build.insertInto('mail_outbox').values(mailRow(platform, recipient, mail));
}

/** As {@link mailInsert}, when the account is there and active; otherwise the same work for nothing. */
export function mailInsertFor(
  build: QueryBuilder,
  platform: PlatformCipher,
  to: { readonly accountId: AccountId; readonly recipient: string },
  mail: MailText,
): Statement {
  const row = mailRow(platform, to.recipient, mail);
  return sql`insert into mail_outbox (id, recipient, content)
    select ${row.id}::uuid, ${row.recipient}::bytea, ${row.content}::bytea
    from account where id = ${to.accountId}::uuid and status = 'active'`.compile(build);
}

/** A mail whose turn it is. */
export type DueMail = { readonly id: string } & ({ readonly mail: Mail } | { readonly unopenable: unknown });

/** Takes mail out of the outbox. */
export class MailOutboxRepository {
  readonly #database: Database;
  readonly #encryption: EncryptionService;

  constructor(database: Database, encryption: EncryptionService) {
    this.#database = database;
    this.#encryption = encryption;
  }

  /**
   * The mails whose turn it is, each to one caller only: its next turn is moved on at once by 5 seconds, then four times as long with
   * each attempt, at most 6 hours. Whoever is killed with a mail in hand leaves it to the next turn.
   */
  async claim(context: IdentityContext, limit: number): Promise<DueMail[]> {
    const identity = this.#database.forIdentity(context);
    const rows = await identity.run(
      sql<{ id: string; recipient: Buffer; content: Buffer }>`
        update mail_outbox set attempts = attempts + 1,
          next_attempt_at = now() + least(interval '5 seconds' * (4 ^ least(attempts, 12)), interval '6 hours')
        where id in (select id from mail_outbox where next_attempt_at <= now() order by next_attempt_at limit ${limit}
          for update skip locked)
        returning id, recipient, content`.compile(identity.build),
    );
    const platform = await this.#encryption.forPlatform();
    return rows.map((row) => opened(platform, row));
  }

  /** The mail is with the other side. */
  async remove(context: IdentityContext, id: string): Promise<void> {
    const identity = this.#database.forIdentity(context);
    await identity.run(identity.build.deleteFrom('mail_outbox').where('id', '=', id));
  }

  /** Removes what could not be sent for three days; answers how many. */
  async removeUndeliverable(context: IdentityContext): Promise<number> {
    const identity = this.#database.forIdentity(context);
    const rows = await identity.run(
      identity.build
        .deleteFrom('mail_outbox')
        .where('created_at', '<', sql<Date>`now() - interval '3 days'`)
        .returning('id'),
    );
    return rows.length;
  }
}

function mailRow(platform: PlatformCipher, recipient: string, { subject, text }: MailText) {
  const id = newId();
  return {
    id,
    recipient: platform.seal('mail_outbox.recipient', id, recipient),
    content: platform.seal('mail_outbox.content', id, JSON.stringify({ subject, text })),
  };
}

function opened(platform: PlatformCipher, row: { id: string; recipient: Buffer; content: Buffer }): DueMail {
  const { id } = row;
  try {
    const recipient = platform.open('mail_outbox.recipient', id, row.recipient).reveal();
    const content = platform.open('mail_outbox.content', id, row.content).reveal();
    return { id, mail: { id, recipient, ...(JSON.parse(content) as MailText) } };
  } catch (error) {
    return { id, unopenable: error };
  }
}
