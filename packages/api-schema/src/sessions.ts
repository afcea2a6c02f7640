import { z } from 'zod';
import { Uuid } from './ids.ts';
import { Instant } from './time.ts';

/** One living session of the own account. `client`, `address`: hints from the request that began it, as the client sent them. */
export const Session = z
  .strictObject({
    id: Uuid,
    createdAt: Instant,
    lastSeenAt: Instant,
    expiresAt: Instant,
    client: z.string(),
    /** What people call such a client, "Firefox on Linux"; read out of `client`. */
    deviceLabel: z.string(),
    address: z.string(),
    /** Where the address is said to be; absent when not known. */
    place: z.string().optional(),
    methods: z.array(z.string()),
    keyBound: z.boolean(),
    /** The person has to prove themselves again before this session may do much. */
    needsProof: z.boolean(),
    current: z.boolean(),
  })
  .meta({ id: 'Session', description: 'A living session of the own account.' });
export type Session = z.infer<typeof Session>;

/** Every living session of the own account, the oldest first. */
export const SessionList = z
  .strictObject({ sessions: z.array(Session) })
  .meta({ id: 'SessionList', description: 'The living sessions of the own account.' });
export type SessionList = z.infer<typeof SessionList>;

/** How many sessions were ended. */
export const SessionsEnded = z
  .strictObject({ ended: z.int().min(0) })
  .meta({ id: 'SessionsEnded', description: 'How many sessions were ended.' });
export type SessionsEnded = z.infer<typeof SessionsEnded>;

/** How many sessions there are, and when they were counted. */
export const SessionStatistics = z
  .strictObject({ sessions: z.int().min(0), accounts: z.int().min(0), asOf: Instant })
  .meta({ id: 'SessionStatistics', description: 'Sessions of the whole installation.' });
export type SessionStatistics = z.infer<typeof SessionStatistics>;
