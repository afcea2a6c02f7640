import { JoinCode, Me, PageQuery, User, UserCreate, UserJoin, UserPage } from '@careward/api-schema';
import { Body, Controller, Get, Post, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { SignedIn } from '../../authentication/index.ts';
import { RequirePermission } from '../../authorization/index.ts';
import { Returns } from '../../edge/index.ts';
import {
  type CarewardRequest,
  clinicIdentityOf,
  identityContextOf,
  pageRequest,
  requirePrincipal,
} from '../../request-context/index.ts';
import { ClinicScoped } from '../../tenancy/index.ts';
import { UsersService } from './users.service.ts';

/** People who sign in. */
@ApiTags('users')
@Controller('users')
export class UsersController {
  constructor(private readonly users: UsersService) {}

  @Get('me')
  @SignedIn()
  @Returns(Me)
  me(@Req() request: CarewardRequest): Promise<Me> {
    return this.users.me(identityContextOf(request), requirePrincipal(request));
  }

  @Post()
  @ClinicScoped()
  @RequirePermission('manage_users')
  @Returns(User, 201)
  addMember(@Req() request: CarewardRequest, @Body({ schema: UserCreate }) body: UserCreate): Promise<User> {
    return this.users.addMember(clinicIdentityOf(request), body);
  }

  @Post('me/join-codes')
  @SignedIn()
  @Returns(JoinCode, 201)
  openJoinCode(@Req() request: CarewardRequest): Promise<JoinCode> {
    return this.users.openJoinCode(identityContextOf(request));
  }

  @Post('join')
  @ClinicScoped()
  @RequirePermission('manage_users')
  @Returns(User, 201)
  join(@Req() request: CarewardRequest, @Body({ schema: UserJoin }) body: UserJoin): Promise<User> {
    return this.users.join(clinicIdentityOf(request), body);
  }

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
}
