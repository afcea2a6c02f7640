// Every text that is sent by mail.
//
// Defends readers from mail that somebody else worded: nothing that a stranger typed stands in a subject, and in a text only the
// clinic's name does. No text says anything of a patient's health. Links lead to the configured address, whatever the Host header
// of the request said, and carry their code in the fragment, which browsers send to no server.
import type { NoticeKind } from '../../authentication/index.ts';

/** What a mail says. */
export interface MailText {
  readonly subject: string;
  readonly text: string;
}

/** Writes the texts, in English. */
export class MailTexts {
  readonly #publicUrl: string;

  constructor(publicUrl: string) {
    this.#publicUrl = publicUrl;
  }

  /** An invitation to a clinic. */
  invitation(clinicName: string, code: string): MailText {
    return {
      subject: 'You are invited to a clinic on Careward',
      text: paragraphs(
        `${clinicName} invites you to its Careward.`,
        `Open this link to accept. It works once, within seven days:\n${this.#link('invitation', code)}`,
        'If you have an account under this address already, sign in with it when you are asked to.',
        'If you do not know this clinic, ignore this mail: nothing happens without you.',
      ),
    };
  }

  /** The link that makes the account of a patient who registered. */
  registration(clinicName: string, code: string): MailText {
    return {
      subject: 'Confirm your e-mail address',
      text: paragraphs(
        `Somebody, probably you, registered with ${clinicName} under this address.`,
        `Open this link to choose a password. It works once, within one day:\n${this.#link('registration', code)}`,
        'If it was not you, ignore this mail: there is no account, and nobody but its reader can make one.',
      ),
    };
  }

  /** What a person is told who registers and has an account. */
  registrationOfAccount(clinicName: string): MailText {
    return {
      subject: 'You already have an account',
      text: paragraphs(
        `Somebody, probably you, registered with ${clinicName} under this address. You already have an account.`,
        'Sign in with it, and ask the clinic for an invitation if you do not see it there.',
        'If you have forgotten your password, ask for a new one on the page of the sign-in.',
        'If it was not you, ignore this mail: nothing has changed.',
      ),
    };
  }

  /** The link to a new password. */
  passwordReset(code: string): MailText {
    return {
      subject: 'Choose a new password',
      text: paragraphs(
        'Somebody, probably you, asked for a new password for your account.',
        `Open this link to choose one. It works once, within 30 minutes:\n${this.#link('password-reset', code)}`,
        'If it was not you, ignore this mail: your password stays as it is.',
      ),
    };
  }

  /** The link that confirms a new e-mail address. */
  emailConfirmation(code: string): MailText {
    return {
      subject: 'Confirm your new e-mail address',
      text: paragraphs(
        'This address was entered as the new e-mail address of an account.',
        `Sign in and open this link to confirm. It works once, within 30 minutes:\n${this.#link('email-change', code)}`,
        'If it was not you, ignore this mail.',
      ),
    };
  }

  /** What the address before is told when another is asked for. */
  emailChangeAsked(): MailText {
    return {
      subject: 'Another e-mail address was entered for your account',
      text: paragraphs(
        'Another e-mail address was entered for your account. It takes effect when it is confirmed.',
        WARNING,
      ),
    };
  }

  /** What happened to a person's account. */
  notice(kind: NoticeKind): MailText {
    const [subject, sentence] = NOTICES[kind];
    return { subject, text: paragraphs(sentence, WARNING) };
  }

  #link(page: string, code: string): string {
    return `${this.#publicUrl}/${page}#${code}`;
  }
}

const WARNING =
  'If it was not you, choose a new password at once, end your other sessions, and tell your clinic.';

const NOTICES: Readonly<Record<NoticeKind, readonly [subject: string, sentence: string]>> = {
  'new-device': [
    'Sign-in from a new device',
    'Somebody signed in to your account from a device that is new to us.',
  ],
  'password-changed': [
    'Your password was changed',
    'The password of your account was changed, and every session of it was ended.',
  ],
  'factor-added': [
    'A way to sign in was added',
    'A passkey, an authenticator app or recovery codes were added to your account.',
  ],
  'factor-removed': [
    'A way to sign in was removed',
    'A passkey, an authenticator app or recovery codes were removed from your account.',
  ],
  'recovery-code-used': [
    'A recovery code was used',
    'Somebody signed in to your account with one of its recovery codes, which now is used up.',
  ],
  'session-ended-by-cap': [
    'Your oldest session was ended',
    'Your account was signed in on more devices than it may be at once: the oldest session was ended.',
  ],
  'refresh-token-reused': [
    'A session was ended for your safety',
    'A token of one of your sessions was used twice, so somebody may have copied it. The session was ended.',
  ],
  'email-changed': [
    'Your e-mail address was changed',
    'The e-mail address of your account was changed. This is the last mail to this one.',
  ],
  'identity-linked': [
    'A way to sign in was added',
    'An account at another provider can now sign in to your account.',
  ],
  'sessions-ended': [
    'Your sessions were ended',
    'Sessions of your account were ended. Sign in again where you need it.',
  ],
};

function paragraphs(...parts: readonly string[]): string {
  return `${parts.join('\n\n')}\n`;
}
