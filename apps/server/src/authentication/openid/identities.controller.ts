import {
  LinkedIdentityList,
  OpenidLinkFinish,
  OpenidProviderId,
  OpenidStart,
  OpenidStarted,
} from '@careward/api-schema';
import { Body, Controller, Delete, Get, Param, Post, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Returns, ReturnsNothing } from '../../edge/index.ts';
import { type CarewardRequest, identityContextOf, requirePrincipal } from '../../request-context/index.ts';
import { RecentProof, SignedIn } from '../public.decorator.ts';
import { IdentityLinkingService } from './identity-linking.service.ts';

/** The identities of other providers that open the own account. */
@ApiTags('users')
@Controller('users/me/identities')
export class IdentitiesController {
  constructor(private readonly linking: IdentityLinkingService) {}

  @Get()
  @SignedIn()
  @Returns(LinkedIdentityList)
  list(@Req() request: CarewardRequest): Promise<LinkedIdentityList> {
    return this.linking.list(identityContextOf(request));
  }

  @Post(':provider/start')
  @SignedIn()
  @RecentProof()
  @Returns(OpenidStarted)
  start(
    @Req() request: CarewardRequest,
    @Param('provider', { schema: OpenidProviderId }) provider: string,
    @Body({ schema: OpenidStart }) body: OpenidStart,
  ): Promise<OpenidStarted> {
    return this.linking.start(requirePrincipal(request), provider, body);
  }

  @Post(':provider/finish')
  @SignedIn()
  @RecentProof()
  @ReturnsNothing()
  finish(
    @Req() request: CarewardRequest,
    @Param('provider', { schema: OpenidProviderId }) provider: string,
    @Body({ schema: OpenidLinkFinish }) body: OpenidLinkFinish,
  ): Promise<void> {
    return this.linking.finish(identityContextOf(request), requirePrincipal(request), provider, body);
  }

  @Delete(':provider')
  @SignedIn()
  @RecentProof()
  @ReturnsNothing()
  unlink(
    @Req() request: CarewardRequest,
    @Param('provider', { schema: OpenidProviderId }) provider: string,
  ): Promise<void> {
    return this.linking.unlink(identityContextOf(request), provider);
  }
}
