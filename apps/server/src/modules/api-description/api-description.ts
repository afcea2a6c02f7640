import type { OpenAPIObject } from '@nestjs/swagger';
import { renderApiPage } from './api-page.ts';

/** The description of the API in both forms; filled once, when the application knows its routes. */
export class ApiDescription {
  json = '{}';
  html = '';

  /** Takes the document that was made from the routes. */
  describe(document: OpenAPIObject): void {
    this.json = JSON.stringify(document);
    this.html = renderApiPage(document);
  }
}
