import { ROLES, type Role } from '@careward/access-policy';
import { asClinicId, type ClinicId } from '@careward/kernel';
import { LRUCache } from 'lru-cache';
import * as z from 'zod';
import type { Membership } from '../../request-context/index.ts';

const clinicIdSchema = z.string().transform(asClinicId);
const bodySchema = z.object({
  rights: z.object({
    platformRole: z.literal('SUPER_ADMIN').nullable(),
    memberships: z.array(z.object({ clinicId: clinicIdSchema, roles: z.array(z.enum(ROLES)) })),
  }),
  clinicId: clinicIdSchema.nullable(),
  keyThumbprint: z.string().nullable(),
  kind: z.enum(['api', 'browser']),
  deviceId: z.string().nullable(),
  methods: z.array(z.enum(['pwd', 'otp', 'rcv', 'hwk', 'user', 'fed', 'mfa', 'legacy'])),
  /** Epoch milliseconds. */
  provenAt: z.number(),
  address: z.string(),
  agent: z.string(),
});

/** What a person may do, as the database said it. */
export interface Rights {
  readonly platformRole: 'SUPER_ADMIN' | null;
  readonly memberships: readonly Membership[];
}

/** What a session remembers besides its times: rights, bound key, how, when and from where the person proved themselves. */
export type SessionBody = Omit<z.infer<typeof bodySchema>, 'rights'> & { readonly rights: Rights };

const parsed = new LRUCache<string, SessionBody>({
  max: 10_000,
  maxSize: 16_777_216,
  sizeCalculation: (_, text) => text.length,
});

/** Writes a body for the store. */
export function writeSessionBody(body: SessionBody): string {
  return JSON.stringify(bodySchema.parse(body));
}

/** Reads a body that the store gave back; what was not written by {@link writeSessionBody} is an error. Bodies are shared: frozen. */
export function readSessionBody(text: string): SessionBody {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const body = bodySchema.parse(JSON.parse(text));
  parsed.set(text, body);
  return body;
}

/** Every role that these rights hold anywhere. */
export function rolesOf({ platformRole, memberships }: Rights): Role[] {
  const held = memberships.flatMap((membership) => membership.roles);
  return platformRole === null ? held : [platformRole, ...held];
}

/** The clinic that the token names: the one asked for if it is held, else the only one held. */
export function chooseClinic(asked: string | undefined, { memberships }: Rights): ClinicId | null {
  const held = memberships.map((membership) => membership.clinicId);
  if (asked !== undefined) return held.find((clinicId) => clinicId === asked.toLowerCase()) ?? null;
  return held.length === 1 ? (held[0] ?? null) : null;
}
