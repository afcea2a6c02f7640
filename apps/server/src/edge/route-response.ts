import { applyDecorators, HttpCode } from '@nestjs/common';
import { RouteSchema } from '@nestjs/platform-fastify';
import { ApiResponse } from '@nestjs/swagger';
import * as z from 'zod';

/**
 * Declares what a route answers: the status, the schema in the OpenAPI document, and the serialiser. Fields that the schema does
 * not name never leave, whatever the service returned.
 */
export function Returns(schema: z.ZodType, status = 200): MethodDecorator {
  return applyDecorators(
    HttpCode(status),
    RouteSchema({ response: { [status]: serialiserSchema(schema) } }),
    ApiResponse({ status, standardSchema: schema } as Parameters<typeof ApiResponse>[0]),
  );
}

/** Declares a route that answers 204 without a body. */
export function ReturnsNothing(): MethodDecorator {
  return applyDecorators(HttpCode(204), ApiResponse({ status: 204, description: 'Done; no content.' }));
}

/** Declares a route that answers 202 without a body: what is done, and whether it is done, is not told here. */
export function ReturnsAccepted(): MethodDecorator {
  return applyDecorators(HttpCode(202), ApiResponse({ status: 202, description: 'Taken; no content.' }));
}

/** The schema in the draft that Fastify's serialiser understands. Formats are for validators: the serialiser only warns of them. */
function serialiserSchema(schema: z.ZodType): object {
  const override = ({ jsonSchema }: { jsonSchema: { format?: string } }) =>
    void Reflect.deleteProperty(jsonSchema, 'format');
  const { $schema, ...json } = z.toJSONSchema(schema, { target: 'draft-07', io: 'output', override });
  return json;
}
