// Sends what is in the outbox.
//
// Defends mail from a server of the other side that is down, and from a kill at any moment: a mail leaves the outbox only when it has
// been taken. A kill between the two sends it twice, under one Message-ID; none is lost. Nobody waits for it: no answer is given
// sooner or later because a mail is sent.
import { CarewardError } from '@careward/kernel';
import type { MailTransport } from '../../connections/index.ts';
import type { IdentityContext } from '../../request-context/index.ts';
import type { DueMail, MailOutboxRepository } from './mail-outbox.repository.ts';

/** What the delivery needs. */
export interface MailDeliveryParts {
  readonly outbox: MailOutboxRepository;
  readonly transport: MailTransport;
  readonly context: () => IdentityContext;
  /** Told of every mail that was not sent and every round that failed: both are tried again. */
  readonly onFailure: (error: unknown) => void;
  /** Told how many mails were given up after three days. */
  readonly onGivenUp: (count: number) => void;
}

/** How often the outbox is looked into, besides when it is known to hold something. */
const INTERVAL_MS = 15_000;

/** Time for the answer of the request to leave first, and for its transaction to end. */
const WAKE_DELAY_MS = 25;

/** Mails that are sent at once. */
const BATCH = 10;

/** Carries mail from the outbox to the transport. Any number of processes may do so at once. */
export class MailDelivery {
  readonly #parts: MailDeliveryParts;
  #timer: NodeJS.Timeout | undefined;
  #waking: NodeJS.Timeout | undefined;
  #round: Promise<void> | undefined;
  #isAskedAgain = false;
  #isStopped = true;

  constructor(parts: MailDeliveryParts) {
    this.#parts = parts;
  }

  /** Begins; does not keep the process alive. */
  start(): void {
    this.#isStopped = false;
    this.#timer = setInterval(() => this.#begin(), INTERVAL_MS).unref();
    this.#begin();
  }

  /** Something was written to the outbox. Answers at once. */
  wake(): void {
    if (this.#isStopped) return;
    this.#waking ??= setTimeout(() => {
      this.#waking = undefined;
      this.#begin();
    }, WAKE_DELAY_MS).unref();
  }

  /** Ends, after the mail that is under way. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#timer);
    clearTimeout(this.#waking);
    await this.#round;
  }

  #begin(): void {
    if (this.#isStopped) return;
    this.#isAskedAgain = this.#round !== undefined;
    this.#round ??= this.#run().finally(() => {
      this.#round = undefined;
      if (this.#isAskedAgain) this.#begin();
    });
  }

  async #run(): Promise<void> {
    const { outbox, context, onFailure, onGivenUp } = this.#parts;
    try {
      const givenUp = await outbox.removeUndeliverable(context());
      if (givenUp > 0) onGivenUp(givenUp);
      for (let taken = BATCH; taken === BATCH && !this.#isStopped; ) {
        const due = await outbox.claim(context(), BATCH);
        await Promise.all(due.map((mail) => this.#deliver(mail)));
        taken = due.length;
      }
    } catch (error) {
      onFailure(error);
    }
  }

  async #deliver(due: DueMail): Promise<void> {
    const { outbox, transport, context, onFailure } = this.#parts;
    try {
      if ('unopenable' in due) throw due.unopenable;
      await transport.send(due.mail);
      await outbox.remove(context(), due.id);
    } catch (error) {
      onFailure(error);
      // No later attempt makes an address of what is none.
      if (error instanceof CarewardError && error.code === 'mail-address-refused') {
        await outbox.remove(context(), due.id);
      }
    }
  }
}
