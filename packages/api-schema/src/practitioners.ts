import { z } from 'zod';
import { Uuid } from './ids.ts';
import { pageOf } from './page.ts';

/** Somebody who treats in a clinic, with or without an account of their own. */
export const Practitioner = z
  .strictObject({ id: Uuid, name: z.string() })
  .meta({ id: 'Practitioner', description: 'Somebody who treats in the clinic.' });
export type Practitioner = z.infer<typeof Practitioner>;

/** A page of practitioners. */
export const PractitionerPage = pageOf(Practitioner, 'PractitionerPage');
export type PractitionerPage = z.infer<typeof PractitionerPage>;
