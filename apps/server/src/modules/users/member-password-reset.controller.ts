import { Uuid } from '@careward/api-schema';
import { asAccountId } from '@careward/kernel';
import { Controller, Param, Post, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { RecentProof } from '../../authentication/index.ts';
import { RequirePermission } from '../../authorization/index.ts';
import { ReturnsAccepted } from '../../edge/index.ts';
import { type CarewardRequest, clinicIdentityOf } from '../../request-context/index.ts';
import { ClinicScoped } from '../../tenancy/index.ts';
import { PasswordResetService } from './password-reset.service.ts';

/** A new password for a member of the clinic who cannot ask for it; the member chooses it. */
@ApiTags('users')
@Controller('users/:accountId/password-reset')
export class MemberPasswordResetController {
  constructor(private readonly resets: PasswordResetService) {}

  @Post()
  @ClinicScoped()
  @RequirePermission('manage_users')
  @RecentProof()
  @ReturnsAccepted()
  request(
    @Req() request: CarewardRequest,
    @Param('accountId', { schema: Uuid }) accountId: string,
  ): Promise<void> {
    return this.resets.requestForMember(clinicIdentityOf(request), asAccountId(accountId));
  }
}
