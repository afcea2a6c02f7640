import { AccountExport, EmailChange, EmailConfirm, Me, MeUpdate } from '@careward/api-schema';
import { Body, Controller, Delete, Get, Patch, Post, Put, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { RecentProof, SignedIn } from '../../authentication/index.ts';
import { Returns, ReturnsAccepted, ReturnsNothing } from '../../edge/index.ts';
import { type CarewardRequest, identityContextOf, requirePrincipal } from '../../request-context/index.ts';
import { AccountDeletionService } from './account-deletion.service.ts';
import { AccountExportService } from './account-export.service.ts';
import { EmailChangeService } from './email-change.service.ts';
import { UsersService } from './users.service.ts';

/** The own account. */
@ApiTags('users')
@Controller('users/me')
export class OwnAccountController {
  constructor(
    private readonly users: UsersService,
    private readonly emails: EmailChangeService,
    private readonly exports: AccountExportService,
    private readonly deletion: AccountDeletionService,
  ) {}

  @Get()
  @SignedIn()
  @Returns(Me)
  me(@Req() request: CarewardRequest): Promise<Me> {
    return this.users.me(identityContextOf(request), requirePrincipal(request));
  }

  @Patch()
  @SignedIn()
  @ReturnsNothing()
  update(@Req() request: CarewardRequest, @Body({ schema: MeUpdate }) body: MeUpdate): Promise<void> {
    return this.users.update(identityContextOf(request), body);
  }

  @Delete()
  @SignedIn()
  @RecentProof()
  @ReturnsNothing()
  delete(@Req() request: CarewardRequest): Promise<void> {
    return this.deletion.deleteOwn(identityContextOf(request));
  }

  @Get('export')
  @SignedIn()
  @RecentProof()
  @Returns(AccountExport)
  export(@Req() request: CarewardRequest): Promise<AccountExport> {
    return this.exports.own(request);
  }

  @Put('email')
  @SignedIn()
  @RecentProof()
  @ReturnsAccepted()
  changeEmail(
    @Req() request: CarewardRequest,
    @Body({ schema: EmailChange }) body: EmailChange,
  ): Promise<void> {
    return this.emails.request(identityContextOf(request), body);
  }

  @Post('email/confirm')
  @SignedIn()
  @ReturnsNothing()
  confirmEmail(
    @Req() request: CarewardRequest,
    @Body({ schema: EmailConfirm }) { code }: EmailConfirm,
  ): Promise<void> {
    return this.emails.confirm(identityContextOf(request), code);
  }
}
