import type { EmbeddedLimitStore } from './embedded-limit-store.ts';
import { ExpiringMap } from './expiring-map.ts';
import type { GateAnswer, GateQuestion } from './identity-store.ts';
import { answerOf } from './session-answer.ts';
import {
  type AccountSessions,
  findSession,
  type Moment,
  type Step,
  touchSession,
} from './session-machine.ts';

type SessionQuestion = NonNullable<GateQuestion['session']>;
type SessionPart = Omit<GateAnswer, 'address'>;

/** The answer about a session that nobody asked about. */
export const NOT_ASKED: SessionPart = {
  session: undefined,
  proof: undefined,
  account: undefined,
  clinic: undefined,
};

const MOST_PROOFS = 100_000;

/** What the embedded store asks of a request with a session, in the order of {@link GateAnswer}. Remembers used proofs. */
export class EmbeddedGate {
  readonly #limits: EmbeddedLimitStore;
  readonly #startedAt: number;
  readonly #proofs = new ExpiringMap<true>(MOST_PROOFS);

  constructor(limits: EmbeddedLimitStore, startedAt: number) {
    this.#limits = limits;
    this.#startedAt = startedAt;
  }

  /** Answers, and says what is to be kept of the account. */
  ask(question: SessionQuestion, kept: AccountSessions, moment: Moment): Step<SessionPart> {
    const { accountId, sessionId, clinic } = question;
    const { account, answer: standing } = findSession(kept, sessionId, moment);
    const found = { ...NOT_ASKED, session: answerOf(accountId, standing) };
    if (standing.state === 'ended') return { account, answer: found };
    const proof = question.proof && this.#useProof(question.proof, moment);
    if (proof === 'replayed' || proof === 'early') return { account, answer: { ...found, proof } };
    const ofAccount = this.#limits.takeNow(`account:${accountId}`, question.accountLimit);
    const proved = { ...found, proof, account: ofAccount };
    if (!ofAccount.allowed) return { account, answer: proved };
    const ofClinic = clinic && this.#limits.takeNow(`clinic:${clinic.clinicId}`, clinic.limit);
    const limited = { ...proved, clinic: ofClinic };
    if (ofClinic?.allowed === false) return { account, answer: limited };
    const touched = touchSession(account, sessionId, question.fingerprint, moment);
    return {
      account: touched.account,
      answer: { ...limited, session: answerOf(accountId, touched.answer) },
    };
  }

  #useProof(proof: NonNullable<SessionQuestion['proof']>, { now }: Moment): GateAnswer['proof'] {
    if (proof.issuedAt < this.#startedAt) return 'early';
    if (this.#proofs.get(proof.id, now)) return 'replayed';
    this.#proofs.set(proof.id, true, now + proof.livesMs, now);
    return 'fresh';
  }
}
