import type {
  RefreshRequest,
  Session,
  SessionList,
  SessionsEnded,
  TokenResponse,
} from '@careward/api-schema';
import type { SessionId } from '@careward/kernel';
import type { FastifyReply } from 'fastify';
import { type Place, type PlaceLookup, placeText } from '../../connections/index.ts';
import type { CarewardRequest, Principal } from '../../request-context/index.ts';
import { authenticationErrors } from '../authentication.errors.ts';
import type { ClientBindings } from '../gate/client-binding.ts';
import { REFRESH_COOKIE, readCookie } from '../gate/credentials.ts';
import { deliverSession, withdrawSession } from '../gate/deliver-session.ts';
import { deviceLabel } from '../sign-in/known-device.ts';
import type { ActingContext } from './session.repository.ts';
import type { SessionManagementService } from './session-management.service.ts';
import type { OwnSession } from './session-parts.ts';

/** What a signed-in person does with their own sessions. */
export class OwnSessions {
  readonly #sessions: SessionManagementService;
  readonly #clients: ClientBindings;
  readonly #places: PlaceLookup;

  constructor(sessions: SessionManagementService, clients: ClientBindings, places: PlaceLookup) {
    this.#sessions = sessions;
    this.#clients = clients;
    this.#places = places;
  }

  /** The next pair of tokens; the refresh token comes in the body or, from a browser, as a cookie. */
  async refresh(
    request: CarewardRequest,
    reply: FastifyReply,
    { refreshToken, clinicId }: RefreshRequest,
  ): Promise<TokenResponse> {
    const client = await this.#clients.of(request, reply, clinicId);
    const cookie = client.kind === 'browser' ? readCookie(request.headers, REFRESH_COOKIE) : undefined;
    const presented = refreshToken ?? cookie;
    if (presented === undefined) throw authenticationErrors.error('authentication-refresh-refused');
    const { sessionId: _own, ...tokens } = await this.#sessions.refresh(presented, client);
    return deliverSession(reply, client, tokens);
  }

  /** Ends the session at once, and takes a browser's cookies away. */
  async signOut(acting: ActingContext, principal: Principal, reply: FastifyReply): Promise<void> {
    await this.#sessions.end(acting, principal.sessionId);
    if (principal.client === 'browser') withdrawSession(reply);
  }

  /** The living sessions with their hints. */
  async list({ accountId, sessionId }: Principal): Promise<SessionList> {
    const sessions = await this.#sessions.list(accountId);
    return {
      sessions: sessions.map((session) =>
        toSession(session, sessionId, this.#places.find(session.body.address)),
      ),
    };
  }

  /** Ends one of the own sessions; somebody else's answers as one that is not there. */
  async end(acting: ActingContext, sessionId: string): Promise<void> {
    const own = await this.#sessions.list(acting.actorId);
    const found = own.find(({ record }) => record.sessionId === sessionId.toLowerCase());
    if (found === undefined) throw authenticationErrors.error('session-not-found');
    await this.#sessions.end(acting, found.record.sessionId);
  }

  /** Ends all own sessions but the one that asks. */
  async endOthers(acting: ActingContext, { sessionId }: Principal): Promise<SessionsEnded> {
    return { ended: await this.#sessions.endOthers(acting, sessionId) };
  }
}

function toSession({ record, body }: OwnSession, current: SessionId, place: Place | undefined): Session {
  return {
    id: record.sessionId,
    createdAt: new Date(record.createdAt).toISOString(),
    lastSeenAt: new Date(record.lastSeenAt).toISOString(),
    expiresAt: new Date(Math.min(record.absoluteExpiresAt, record.lastSeenAt + record.idleMs)).toISOString(),
    client: body.agent,
    deviceLabel: deviceLabel(body.agent),
    address: body.address,
    ...(place && { place: placeText(place) }),
    methods: [...body.methods],
    keyBound: body.keyThumbprint !== null,
    needsProof: record.needsProof,
    current: record.sessionId === current,
  };
}
