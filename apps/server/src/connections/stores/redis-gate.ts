// The question of one request as calls of the library, and its answer back: one call of one server, or up to three at once of a cluster.
import type { AccountId, ClinicId } from '@careward/kernel';
import type { GateAnswer, GateQuestion, SessionAnswer } from './identity-store.ts';
import type { Limit, LimitDecision } from './limit-store.ts';
import { accountTag, fingerprintBytes, idBytes, unpackSession } from './packed-session.ts';
import { decisionOf, microseconds, takeCall } from './redis-limit-store.ts';
import type { FunctionCall } from './redis-servers.ts';

const MASK = { address: 1, session: 2, proof: 4, clinic: 8 } as const;
const ENDED = 0;
const LIVING = 1;
const SETTLING = 3;
const PROOFS = ['fresh', 'replayed', 'early'] as const;

type SessionQuestion = NonNullable<GateQuestion['session']>;

/** The key of a clinic's limit. */
export function clinicKey(clinicId: ClinicId): string {
  return `clinic:${clinicId}`;
}

/** What to send for a question. */
export function gateCalls({ address, session }: GateQuestion, isCluster: boolean): readonly FunctionCall[] {
  if (!isCluster || session === undefined) return [gateCall(address, session)];
  const { clinic, ...account } = session;
  return [
    ...(address ? [takeCall(address.key, address.limit)] : []),
    gateCall(undefined, account),
    ...(clinic ? [takeCall(clinicKey(clinic.clinicId), clinic.limit)] : []),
  ];
}

/** The answer out of what {@link gateCalls} got, from one server or several. Throws RangeError when it has no known form. */
export function decodeGate(question: GateQuestion, answers: readonly unknown[]): GateAnswer {
  const [answer] = answers.length > 1 ? [joined(question, answers)] : answers;
  if (!Array.isArray(answer)) throw new RangeError('no answer of the gate');
  const [address, state, packed, proof, account, clinic] = answer;
  const asked = question.session;
  const decision = decisionOrNone(address);
  const none = { session: undefined, proof: undefined, account: undefined, clinic: undefined };
  if (!asked || decision?.allowed === false) return { address: decision, ...none };
  return {
    address: decision,
    session: standingOf(asked.accountId, state, packed),
    proof: proofOf(proof),
    account: decisionOrNone(account),
    clinic: decisionOrNone(clinic),
  };
}

/** What the library says of a session. */
export function standingOf(accountId: AccountId, state: unknown, packed: unknown): SessionAnswer {
  if (state === ENDED) return { state: 'ended' };
  if (typeof state !== 'number' || state > SETTLING || !Buffer.isBuffer(packed)) {
    throw new RangeError('no standing of a session');
  }
  const session = unpackSession(accountId, packed);
  return state === LIVING
    ? { state: 'living', session }
    : { state: 'stale', session, settles: state === SETTLING };
}

function gateCall(address: GateQuestion['address'], session: GateQuestion['session']): FunctionCall {
  const parts = [
    address && addressPart(address),
    session && sessionPart(session),
    session?.proof && proofPart(session.accountId, session.proof),
    session?.clinic && clinicPart(session.clinic),
  ].filter((part) => part !== undefined);
  const mask = parts.reduce((sum, part) => sum + part.mask, 0);
  return {
    name: 'careward_gate_2',
    keys: parts.flatMap(({ keys }) => keys),
    values: [String(mask), ...parts.flatMap(({ values }) => values)],
  };
}

interface Part {
  readonly mask: number;
  readonly keys: readonly string[];
  readonly values: FunctionCall['values'];
}

function addressPart({ key, limit }: NonNullable<GateQuestion['address']>): Part {
  return { mask: MASK.address, keys: [`l:${key}`], values: limitValues(limit) };
}

function sessionPart({ accountId, sessionId, fingerprint, accountLimit }: SessionQuestion): Part {
  const tag = accountTag(accountId);
  const values = [idBytes(sessionId), fingerprintBytes(fingerprint), ...limitValues(accountLimit)];
  return { mask: MASK.session, keys: [`u:${tag}`, `q:${tag}`], values };
}

function proofPart(
  accountId: AccountId,
  { id, issuedAt, livesMs }: NonNullable<SessionQuestion['proof']>,
): Part {
  const values = [issuedAt, livesMs].map((ms) => String(Math.trunc(ms)));
  return { mask: MASK.proof, keys: [`p:${accountTag(accountId)}:${id}`], values };
}

function clinicPart({ clinicId, limit }: NonNullable<SessionQuestion['clinic']>): Part {
  return { mask: MASK.clinic, keys: [`l:${clinicKey(clinicId)}`], values: limitValues(limit) };
}

function limitValues(limit: Limit): string[] {
  return [microseconds(limit), String(limit.burst)];
}

/** A clinic that was asked beside a session that has ended, a used proof or a full account was asked in vain. */
function joined({ address, session }: GateQuestion, answers: readonly unknown[]): readonly unknown[] {
  const rest = [...answers];
  const addressAnswer = address ? rest.shift() : null;
  const [gateAnswer, clinic] = rest;
  if (!session || !Array.isArray(gateAnswer)) throw new RangeError('no answer of the gate');
  const [, state, packed, proof, account] = gateAnswer;
  const passed = account !== null && decisionOf(account).allowed;
  return [addressAnswer, state, packed, proof, account, passed ? clinic : null];
}

function decisionOrNone(answer: unknown): LimitDecision | undefined {
  return answer === null || answer === undefined ? undefined : decisionOf(answer);
}

function proofOf(answer: unknown): GateAnswer['proof'] {
  if (answer === null || answer === undefined) return undefined;
  const proof = PROOFS.find((each) => each === String(answer));
  if (proof === undefined) throw new RangeError('no answer about a proof');
  return proof;
}
