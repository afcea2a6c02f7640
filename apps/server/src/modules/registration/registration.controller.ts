import { AccountMade, RegistrationCreate, RegistrationVerify } from '@careward/api-schema';
import { Body, Controller, Post, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Public } from '../../authentication/index.ts';
import { Returns, ReturnsAccepted } from '../../edge/index.ts';
import type { CarewardRequest } from '../../request-context/index.ts';
import { RegistrationService } from './registration.service.ts';

/** Patients who make their own account. */
@ApiTags('registrations')
@Controller('registrations')
export class RegistrationController {
  constructor(private readonly registration: RegistrationService) {}

  @Post()
  @Public()
  @ReturnsAccepted()
  request(
    @Req() request: CarewardRequest,
    @Body({ schema: RegistrationCreate }) body: RegistrationCreate,
  ): Promise<void> {
    return this.registration.request(request.careward.origin, body);
  }

  @Post('verify')
  @Public()
  @Returns(AccountMade, 201)
  verify(
    @Req() request: CarewardRequest,
    @Body({ schema: RegistrationVerify }) body: RegistrationVerify,
  ): Promise<AccountMade> {
    return this.registration.verify(request.careward.origin, body);
  }
}
