export { ApiDescriptionController } from './api-description.controller.ts';
export { ApiDescription } from './api-description.ts';
export { createOpenApiDocument } from './openapi-document.ts';
