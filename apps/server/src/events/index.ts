export {
  type CarewardEvent,
  EventService,
} from './event.service.ts';
