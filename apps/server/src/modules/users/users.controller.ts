import {
  ExportedUserPage,
  PageQuery,
  User,
  UserPage,
  UserRoles,
  UserStatus,
  Uuid,
} from '@careward/api-schema';
import { type AccountId, asAccountId } from '@careward/kernel';
import { Body, Controller, Delete, Get, Param, Put, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { RecentProof } from '../../authentication/index.ts';
import { RequirePermission, Roles } from '../../authorization/index.ts';
import { Returns, ReturnsNothing } from '../../edge/index.ts';
import {
  type CarewardRequest,
  clinicIdentityOf,
  identityContextOf,
  pageRequest,
  requirePrincipal,
} from '../../request-context/index.ts';
import { ClinicScoped } from '../../tenancy/index.ts';
import { AccountDeletionService } from './account-deletion.service.ts';
import { UserRightsService } from './user-rights.service.ts';
import { UsersService } from './users.service.ts';

/** People who sign in, as their clinic's administrators see them. */
@ApiTags('users')
@Controller('users')
export class UsersController {
  constructor(
    private readonly users: UsersService,
    private readonly rights: UserRightsService,
    private readonly deletion: AccountDeletionService,
  ) {}

  @Get()
  @ClinicScoped()
  @RequirePermission('manage_users')
  @Returns(UserPage)
  listMembers(
    @Req() request: CarewardRequest,
    @Query({ schema: PageQuery }) query: PageQuery,
  ): Promise<UserPage> {
    return this.users.listMembers(clinicIdentityOf(request), pageRequest(query));
  }

  @Get('export')
  @ClinicScoped()
  @RequirePermission('manage_users')
  @RecentProof()
  @Returns(ExportedUserPage)
  exportMembers(
    @Req() request: CarewardRequest,
    @Query({ schema: PageQuery }) query: PageQuery,
  ): Promise<ExportedUserPage> {
    return this.users.exportMembers(clinicIdentityOf(request), pageRequest(query));
  }

  @Get(':accountId')
  @ClinicScoped()
  @RequirePermission('manage_users')
  @Returns(User)
  getMember(
    @Req() request: CarewardRequest,
    @Param('accountId', { schema: Uuid }) accountId: AccountId,
  ): Promise<User> {
    return this.users.getMember(clinicIdentityOf(request), asAccountId(accountId));
  }

  @Put(':accountId/roles')
  @ClinicScoped()
  @RequirePermission('manage_users')
  @RecentProof()
  @ReturnsNothing()
  replaceRoles(
    @Req() request: CarewardRequest,
    @Param('accountId', { schema: Uuid }) accountId: AccountId,
    @Body({ schema: UserRoles }) body: UserRoles,
  ): Promise<void> {
    return this.rights.replaceRoles(administratorOf(request), asAccountId(accountId), body);
  }

  @Put(':accountId/status')
  @ClinicScoped()
  @RequirePermission('manage_users')
  @RecentProof()
  @ReturnsNothing()
  changeStatus(
    @Req() request: CarewardRequest,
    @Param('accountId', { schema: Uuid }) accountId: AccountId,
    @Body({ schema: UserStatus }) body: UserStatus,
  ): Promise<void> {
    return this.rights.changeStatus(administratorOf(request), asAccountId(accountId), body);
  }

  @Delete(':accountId')
  @RequirePermission('manage_users')
  @Roles('SUPER_ADMIN')
  @RecentProof()
  @ReturnsNothing()
  delete(
    @Req() request: CarewardRequest,
    @Param('accountId', { schema: Uuid }) accountId: AccountId,
  ): Promise<void> {
    return this.deletion.deleteOther(identityContextOf(request), asAccountId(accountId));
  }
}

/** The clinic of the request, and who administers it. */
function administratorOf(request: CarewardRequest) {
  return { ...clinicIdentityOf(request), actorId: requirePrincipal(request).accountId };
}
