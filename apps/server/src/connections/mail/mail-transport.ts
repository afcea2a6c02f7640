/** One mail: plain text to one person. */
export interface Mail {
  /** A UUID. Sent along as Message-ID, so that a mail that is sent twice can be told from two. */
  readonly id: string;
  readonly recipient: string;
  readonly subject: string;
  readonly text: string;
}

/** Takes mail away. */
export interface MailTransport {
  /**
   * Resolves when the other side has taken responsibility for the mail. Refuses an address that is not exactly one
   * (`mail-address-refused`), which trying again will not change, and otherwise with `mail-not-sent`, which it may.
   */
  send(mail: Mail): Promise<void>;
  /** Throws when mail cannot be sent at this moment. */
  ping(): Promise<void>;
  /** Lets go of connections. */
  close(): void;
}
