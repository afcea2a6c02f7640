import { ApiHeader } from '@nestjs/swagger';

/** Describes a write that is done once however often it is sent with the same key; the handler asks for its receipt. */
export const TakesIdempotencyKey = () =>
  ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: 'Visible ASCII, 1 to 200 characters. The same key repeats the answer, not the write.',
    schema: { type: 'string', minLength: 1, maxLength: 200 },
  });

/** Describes an update that is refused unless it names the version it is based on; the handler asks for it. */
export const TakesIfMatch = () =>
  ApiHeader({
    name: 'If-Match',
    required: true,
    description: 'The ETag that was last read, so that nobody’s change is overwritten unseen.',
    schema: { type: 'string' },
  });
