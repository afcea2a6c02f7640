import { SetupRequest, SetupResult } from '@careward/api-schema';
import { Body, Controller, Post, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Public } from '../../authentication/index.ts';
import { Returns } from '../../edge/index.ts';
import { anonymousContextOf, type CarewardRequest } from '../../request-context/index.ts';
import { SetupService } from './setup.service.ts';

/** The first administrator, once. */
@ApiTags('set-up')
@Controller('setup')
export class SetupController {
  constructor(private readonly setup: SetupService) {}

  @Post()
  @Public()
  @Returns(SetupResult, 201)
  create(
    @Req() request: CarewardRequest,
    @Body({ schema: SetupRequest }) body: SetupRequest,
  ): Promise<SetupResult> {
    return this.setup.createAdministrator(anonymousContextOf(request.careward.origin), body);
  }
}
