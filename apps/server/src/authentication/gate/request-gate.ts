// Stage `gate`: who sends this request, and may they send one more? One round trip to the store for every question together.
//
// Defends: everything behind it. The token and its proof are checked here, in this process; then one question to the store answers
// address limit, session, replay of the proof, the account's and the clinic's limit. A token that is not good counts as nobody's.
// The answer is kept: a public route does not look at it, every other one refuses through `identify`.
import type { Clock } from '@careward/kernel';
import type { FastifyReply, FastifyRequest, onRequestAsyncHookHandler } from 'fastify';
import type { GateAnswer, GateQuestion, IdentityStore } from '../../connections/index.ts';
import {
  isHealthRoute,
  limitKeyOf,
  type RateLimitService,
  rateLimited,
  rateLimitHeaders,
} from '../../edge/index.ts';
import type { Principal } from '../../request-context/index.ts';
import { authenticationErrors } from '../authentication.errors.ts';
import { fingerprintOf } from '../sessions/device-fingerprint.ts';
import { isAdopted, rejectUnfitSession } from '../sessions/session-fitness.ts';
import type { SessionManagementService } from '../sessions/session-management.service.ts';
import type { OwnSession, SessionPlan } from '../sessions/session-parts.ts';
import type { Claim, RequestClaims } from './request-claims.ts';

/** What the gate works with. */
export interface GateParts {
  readonly store: IdentityStore;
  readonly claims: RequestClaims;
  readonly sessions: SessionManagementService;
  readonly limits: RateLimitService;
  readonly policy: Pick<SessionPlan, 'bearerRoles' | 'secondFactorRoles'>;
  readonly clock: Clock;
}

/** Who sends a request: nobody, somebody by their claim, or an error that every route but a public one answers with. */
type Sender =
  | { readonly kind: 'nobody' }
  | { readonly kind: 'refused'; readonly error: unknown }
  | { readonly kind: 'claimed'; readonly claim: Claim };

/** A sender, what the store answered and when, and who that is, once somebody wants to know. */
interface Question {
  readonly sender: Sender;
  readonly answer: GateAnswer;
  readonly at: number;
  principal?: Promise<Principal>;
}

/** A body may take longer to arrive than a session lives: an answer older than this is asked for again, in milliseconds. */
const ANSWER_HOLDS_MS = 1_000;

/** Asks the store once a request, and tells the later stages. */
export class RequestGate {
  readonly #parts: GateParts;
  readonly #questions = new WeakMap<FastifyRequest, Question>();

  constructor(parts: GateParts) {
    this.#parts = parts;
  }

  /** The hook of the stage. Refuses with `edge-rate-limited`; health routes are neither counted nor looked at. */
  stage(): onRequestAsyncHookHandler {
    const tellBudget = rateLimitHeaders(this.#parts.limits.limit('address'));
    return async (request, reply) => {
      if (isHealthRoute(request)) return;
      const question = await this.#ask(request, reply);
      this.#questions.set(request, question);
      const { address } = question.answer;
      if (address === undefined) return;
      this.#parts.limits.report('address', address);
      tellBudget(reply, address);
      if (!address.allowed) throw rateLimited(address);
    };
  }

  /** The person behind the request, or the refusal. Asks the database once, and only where the store cannot be relied on. */
  async identify(request: FastifyRequest): Promise<Principal> {
    const question = await this.#present(request);
    question.principal ??= this.#identify(request, question);
    return await question.principal;
  }

  /** Whether the person proved themselves in the last `recentMs`. */
  wasProvenWithin({ provenAt }: Principal, recentMs: number): boolean {
    return this.#parts.clock.now() - provenAt <= recentMs;
  }

  /** What was asked and answered; asked once more about the session when the body has taken its time. */
  async #present(request: FastifyRequest): Promise<Question> {
    const question = this.#questions.get(request);
    if (question === undefined) throw authenticationErrors.error('authentication-required');
    const { sender, answer, at } = question;
    const now = this.#parts.clock.now();
    if (sender.kind !== 'claimed' || now - at <= ANSWER_HOLDS_MS) return question;
    const { proof: _checked, ...session } = this.#sessionQuestion(request, sender.claim);
    const again = { ...(await this.#parts.store.gate({ session })), proof: answer.proof };
    const asked = { sender, answer: again, at: now };
    this.#questions.set(request, asked);
    return asked;
  }

  /** Asks the store once. Where it cannot be asked about a session, the address is counted all the same. */
  async #ask(request: FastifyRequest, reply: FastifyReply): Promise<Question> {
    const sender = this.#senderOf(request, reply);
    try {
      return await this.#askAs(request, sender);
    } catch (error) {
      if (sender.kind !== 'claimed') throw error;
      return await this.#askAs(request, { kind: 'refused', error });
    }
  }

  #senderOf(request: FastifyRequest, reply: FastifyReply): Sender {
    try {
      const claim = this.#parts.claims.read(request, reply);
      return claim === undefined ? { kind: 'nobody' } : { kind: 'claimed', claim };
    } catch (error) {
      return { kind: 'refused', error };
    }
  }

  async #askAs(request: FastifyRequest, sender: Sender): Promise<Question> {
    const answer = await this.#parts.store.gate({
      address: this.#addressOf(request),
      ...(sender.kind === 'claimed' && { session: this.#sessionQuestion(request, sender.claim) }),
    });
    return { sender, answer, at: this.#parts.clock.now() };
  }

  #addressOf(request: FastifyRequest): NonNullable<GateQuestion['address']> {
    return { key: limitKeyOf(request.careward.origin.address), limit: this.#parts.limits.limit('address') };
  }

  #sessionQuestion(request: FastifyRequest, claim: Claim): NonNullable<GateQuestion['session']> {
    const { limits } = this.#parts;
    const { accountId, sessionId, clinicId, proof } = claim;
    return {
      accountId,
      sessionId,
      fingerprint: fingerprintOf(request.careward.origin.agent),
      accountLimit: limits.limit('account'),
      ...(clinicId !== null && { clinic: { clinicId, limit: limits.limit('clinic') } }),
      ...(proof !== null && { proof }),
    };
  }

  async #identify(request: FastifyRequest, { sender, answer }: Question): Promise<Principal> {
    if (sender.kind === 'nobody') throw authenticationErrors.error('authentication-required');
    if (sender.kind === 'refused') throw sender.error;
    const { claim } = sender;
    this.#rejectReplay(answer);
    const session = await this.#livingSession(request, claim, answer);
    this.#rejectLimits(answer);
    if (session.body.keyThumbprint !== claim.keyThumbprint) {
      throw authenticationErrors.error('authentication-token-invalid', { detail: 'bound to another key' });
    }
    if (!isMigrating(session, claim)) rejectUnfitSession(session.body, this.#parts.policy);
    return principalOf(session, claim);
  }

  #rejectReplay({ proof }: GateAnswer): void {
    if (proof === 'replayed') {
      throw authenticationErrors.error('authentication-proof-invalid', { detail: 'proof used before' });
    }
    if (proof === 'early') throw authenticationErrors.error('authentication-proof-nonce-needed');
  }

  async #livingSession(request: FastifyRequest, claim: Claim, { session }: GateAnswer): Promise<OwnSession> {
    const { sessions } = this.#parts;
    const { origin } = request.careward;
    const living = session && (await sessions.confirmed(origin, session));
    const adopted = () => (claim.legacy === null ? undefined : sessions.adopt(origin, claim.legacy));
    const found = living ?? (await adopted());
    if (found === undefined) throw authenticationErrors.error('authentication-session-ended');
    return found;
  }

  #rejectLimits({ account, clinic }: GateAnswer): void {
    for (const [name, decision] of [
      ['account', account],
      ['clinic', clinic],
    ] as const) {
      if (decision === undefined) continue;
      this.#parts.limits.report(name, decision);
      if (!decision.allowed) throw rateLimited(decision);
    }
  }
}

/**
 * Whether a person uses what they brought from the older system, which knew neither bound keys nor second factors. That takes a session
 * that was adopted, and a token of the older issuer that was verified for this very request: without its issuer in the configuration, or
 * after the issuer's last day, there is none.
 */
function isMigrating({ body }: OwnSession, { legacy }: Claim): boolean {
  return legacy !== null && isAdopted(body);
}

function principalOf({ record, body }: OwnSession, claim: Claim): Principal {
  return {
    accountId: record.accountId,
    sessionId: record.sessionId,
    ...body.rights,
    tokenClinicId: claim.clinicId,
    methods: body.methods,
    provenAt: body.provenAt,
    needsProof: record.needsProof,
    keyThumbprint: body.keyThumbprint,
    client: body.kind,
  };
}
