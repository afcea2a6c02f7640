import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import * as z from 'zod';
import { completeDocument } from './complete-document.ts';
import { routeFacts } from './route-facts.ts';

/** The OpenAPI 3.1 description of every route, made from the schemas that validate and serialise and the declarations that the guards read. */
export function createOpenApiDocument(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('Careward')
    .setDescription(
      'Clinics, patients and medical records. Errors are problem+json (RFC 9457) with a stable code.',
    )
    .setVersion('1')
    .setOpenAPIVersion('3.1.0')
    .addBearerAuth()
    .build();
  const options = { standardSchemaConverter: toJsonSchema2020 };
  return completeDocument(SwaggerModule.createDocument(app, config, options), routeFacts(app));
}

/** Zod's own JSON Schema, 2020-12, as OpenAPI 3.1 has it. */
function toJsonSchema2020(schema: unknown, { schemaType }: { schemaType: 'input' | 'output' }) {
  const options = { target: 'draft-2020-12', io: schemaType } as const;
  const { $defs, $schema, ...json } = z.toJSONSchema(schema as z.ZodType, options) as Record<string, unknown>;
  return { schema: json, components: ($defs ?? {}) as Record<string, unknown> };
}
