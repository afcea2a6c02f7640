import { z } from 'zod';
import { Uuid } from './ids.ts';
import { pageOf } from './page.ts';
import { singleLine } from './text.ts';
import { Instant } from './time.ts';

/** A clinic to create. `identifiers` are the names other systems know it by, as `system|value` or a plain id. */
export const ClinicCreate = z
  .strictObject({ name: singleLine(200), identifiers: z.array(singleLine(300)).max(20).optional() })
  .meta({ id: 'ClinicCreate', description: 'A clinic to create.' });
export type ClinicCreate = z.infer<typeof ClinicCreate>;

/** A clinic. `region` is where its data lies. */
export const Clinic = z
  .strictObject({ id: Uuid, name: z.string(), region: z.string(), createdAt: Instant })
  .meta({ id: 'Clinic', description: 'A clinic.' });
export type Clinic = z.infer<typeof Clinic>;

/** What a clinic's administrators decide about it. */
export const ClinicSettings = z
  .strictObject({
    /** Whether patients may make their own account, by the link that the clinic gives out. */
    selfRegistration: z.boolean(),
  })
  .meta({ id: 'ClinicSettings', description: 'What a clinic decides about itself.' });
export type ClinicSettings = z.infer<typeof ClinicSettings>;

/** A page of clinics. */
export const ClinicPage = pageOf(Clinic, 'ClinicPage');
export type ClinicPage = z.infer<typeof ClinicPage>;
