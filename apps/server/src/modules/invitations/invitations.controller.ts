import {
  AccountMade,
  InvitationAccept,
  InvitationAcceptSignedIn,
  InvitationCreate,
  InvitationPage,
  InvitationSent,
  PageQuery,
  Uuid,
} from '@careward/api-schema';
import { Body, Controller, Delete, Get, Param, Post, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Public, RecentProof, SignedIn } from '../../authentication/index.ts';
import { RequirePermission } from '../../authorization/index.ts';
import { Returns, ReturnsNothing } from '../../edge/index.ts';
import {
  type CarewardRequest,
  clinicIdentityOf,
  identityContextOf,
  pageRequest,
} from '../../request-context/index.ts';
import { ClinicScoped } from '../../tenancy/index.ts';
import { InvitationsService } from './invitations.service.ts';

/** How people come to a clinic. */
@ApiTags('invitations')
@Controller()
export class InvitationsController {
  constructor(private readonly invitations: InvitationsService) {}

  @Post('users/invitations')
  @ClinicScoped()
  @RequirePermission('manage_users')
  @RecentProof()
  @Returns(InvitationSent, 201)
  invite(
    @Req() request: CarewardRequest,
    @Body({ schema: InvitationCreate }) body: InvitationCreate,
  ): Promise<InvitationSent> {
    return this.invitations.invite(clinicIdentityOf(request), body);
  }

  @Get('users/invitations')
  @ClinicScoped()
  @RequirePermission('manage_users')
  @Returns(InvitationPage)
  list(
    @Req() request: CarewardRequest,
    @Query({ schema: PageQuery }) query: PageQuery,
  ): Promise<InvitationPage> {
    return this.invitations.listOpen(clinicIdentityOf(request), pageRequest(query));
  }

  @Delete('users/invitations/:invitationId')
  @ClinicScoped()
  @RequirePermission('manage_users')
  @RecentProof()
  @ReturnsNothing()
  withdraw(
    @Req() request: CarewardRequest,
    @Param('invitationId', { schema: Uuid }) invitationId: string,
  ): Promise<void> {
    return this.invitations.withdraw(clinicIdentityOf(request), invitationId);
  }

  @Post('invitations/accept')
  @Public()
  @Returns(AccountMade, 201)
  accept(
    @Req() request: CarewardRequest,
    @Body({ schema: InvitationAccept }) body: InvitationAccept,
  ): Promise<AccountMade> {
    return this.invitations.accept(request.careward.origin, body);
  }

  @Post('invitations/accept-signed-in')
  @SignedIn()
  @ReturnsNothing()
  acceptSignedIn(
    @Req() request: CarewardRequest,
    @Body({ schema: InvitationAcceptSignedIn }) { code }: InvitationAcceptSignedIn,
  ): Promise<void> {
    return this.invitations.acceptSignedIn(identityContextOf(request), code);
  }
}
