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

/** The schema in the draft that Fastify's serialiser understands. Formats are for validators: the serialiser only warns of them. */
function serialiserSchema(schema: z.ZodType): object {
  const override = ({ jsonSchema }: { jsonSchema: { format?: string } }) =>
    void Reflect.deleteProperty(jsonSchema, 'format');
  const { $schema, ...json } = z.toJSONSchema(schema, { target: 'draft-07', io: 'output', override });
  return json;
}
