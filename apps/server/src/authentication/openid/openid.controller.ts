import {
  OpenidFinish,
  OpenidProviderId,
  OpenidProviderList,
  OpenidStart,
  OpenidStarted,
  SignInResult,
} from '@careward/api-schema';
import { Body, Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Returns } from '../../edge/index.ts';
import type { CarewardRequest } from '../../request-context/index.ts';
import { Public } from '../public.decorator.ts';
import { OpenidSignInService } from './openid-sign-in.service.ts';

/** Signing in by another identity provider. */
@ApiTags('authentication')
@Controller('auth/providers')
export class OpenidController {
  constructor(private readonly signIn: OpenidSignInService) {}

  @Get()
  @Public()
  @Returns(OpenidProviderList)
  list(): OpenidProviderList {
    return this.signIn.list();
  }

  @Post(':provider/start')
  @Public()
  @Returns(OpenidStarted)
  start(
    @Req() request: CarewardRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('provider', { schema: OpenidProviderId }) provider: string,
    @Body({ schema: OpenidStart }) body: OpenidStart,
  ): Promise<OpenidStarted> {
    return this.signIn.start(request, reply, provider, body);
  }

  @Post(':provider/finish')
  @Public()
  @Returns(SignInResult)
  finish(
    @Req() request: CarewardRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('provider', { schema: OpenidProviderId }) provider: string,
    @Body({ schema: OpenidFinish }) body: OpenidFinish,
  ): Promise<SignInResult> {
    return this.signIn.finish(request, reply, provider, body);
  }
}
