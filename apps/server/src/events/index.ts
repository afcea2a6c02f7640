export {
  type CarewardEvent,
  EventService,
} from './event.service.ts';
export type { AccountEvent } from './event-types.ts';
