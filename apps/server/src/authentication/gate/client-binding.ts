import type { FastifyReply } from 'fastify';
import type { IdentityStore } from '../../connections/index.ts';
import type { CarewardRequest } from '../../request-context/index.ts';
import { authenticationErrors } from '../authentication.errors.ts';
import type { ClientBinding } from '../sessions/session-types.ts';
import { DEVICE_COOKIE, type DeviceTokens } from '../sign-in/known-device.ts';
import type { DpopService } from '../tokens/dpop.service.ts';
import { readCookie } from './credentials.ts';

/** The header by which a page says that it wants its tokens as cookies. No foreign page can send it without a preflight. */
const CLIENT_HEADER = 'x-careward-client';

/** Binds what a sign-in gives out to the client that asks. */
export class ClientBindings {
  readonly #dpop: DpopService;
  readonly #store: IdentityStore;
  readonly #devices: DeviceTokens;

  constructor(dpop: DpopService, store: IdentityStore, devices: DeviceTokens) {
    this.#dpop = dpop;
    this.#store = store;
    this.#devices = devices;
  }

  /**
   * The client of a sign-in request. A proof that comes along is checked, and good once; without one the client is a bearer. A browser's
   * device is read from its cookie; whose device it is has to be asked.
   */
  async of(request: CarewardRequest, reply: FastifyReply, clinicId?: string): Promise<ClientBinding> {
    const { origin } = request.careward;
    const kind = request.headers[CLIENT_HEADER] === 'browser' ? 'browser' : 'api';
    const keyThumbprint = request.headers.dpop === undefined ? null : await this.#provenKey(request, reply);
    const device = await this.#devices.read(readCookie(request.headers, DEVICE_COOKIE));
    return { origin, kind, keyThumbprint, clinicId, device: device?.deviceId ?? null };
  }

  async #provenKey(request: CarewardRequest, reply: FastifyReply): Promise<string> {
    const proof = this.#dpop.check(request, reply, null);
    if (await this.#store.once(`proof:${proof.id}`, proof.livesMs)) return proof.keyThumbprint;
    throw authenticationErrors.error('authentication-proof-invalid', { detail: 'proof used before' });
  }
}
