export {
  type CarewardEvent,
  type EventHandler,
  type EventOf,
  EventService,
  type SubscriberFault,
} from './event.service.ts';
export {
  EVENT_KINDS,
  type EventCategory,
  type EventDetails,
  type EventPriority,
  type EventType,
} from './event-types.ts';
