import { PasswordResetConfirm, PasswordResetRequest } from '@careward/api-schema';
import { Body, Controller, Post, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Public } from '../../authentication/index.ts';
import { ReturnsAccepted, ReturnsNothing } from '../../edge/index.ts';
import type { CarewardRequest } from '../../request-context/index.ts';
import { PasswordResetService } from './password-reset.service.ts';

/** A new password for who has forgotten theirs. */
@ApiTags('authentication')
@Controller('auth/password-reset')
export class PasswordResetController {
  constructor(private readonly resets: PasswordResetService) {}

  @Post()
  @Public()
  @ReturnsAccepted()
  request(
    @Req() request: CarewardRequest,
    @Body({ schema: PasswordResetRequest }) body: PasswordResetRequest,
  ): Promise<void> {
    return this.resets.request(request.careward.origin, body);
  }

  @Post('confirm')
  @Public()
  @ReturnsNothing()
  confirm(
    @Req() request: CarewardRequest,
    @Body({ schema: PasswordResetConfirm }) body: PasswordResetConfirm,
  ): Promise<void> {
    return this.resets.confirm(request.careward.origin, body);
  }
}
