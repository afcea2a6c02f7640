import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '../../authentication/index.ts';
import { ApiDescription } from './api-description.ts';

/** The API's description, for programs and for people. */
@ApiExcludeController()
@Controller()
export class ApiDescriptionController {
  constructor(private readonly description: ApiDescription) {}

  @Get('openapi.json')
  @Public()
  @Header('content-type', 'application/json; charset=utf-8')
  document(): string {
    return this.description.json;
  }

  @Get('docs')
  @Public()
  @Header('content-type', 'text/html; charset=utf-8')
  page(): string {
    return this.description.html;
  }
}
