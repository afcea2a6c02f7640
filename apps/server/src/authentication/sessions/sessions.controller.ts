import { RefreshRequest, SessionList, SessionsEnded, TokenResponse, Uuid } from '@careward/api-schema';
import { Body, Controller, Delete, Get, Param, Post, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Returns, ReturnsNothing } from '../../edge/index.ts';
import { type CarewardRequest, identityContextOf, requirePrincipal } from '../../request-context/index.ts';
import { Public, RecentProof, SignedIn, WhileDistrusted } from '../public.decorator.ts';
import { OwnSessions } from './own-sessions.ts';

/** The own sessions: refresh, list, end. */
@ApiTags('sessions')
@Controller('auth')
export class SessionsController {
  constructor(private readonly sessions: OwnSessions) {}

  @Post('refresh')
  @Public()
  @Returns(TokenResponse)
  refresh(
    @Req() request: CarewardRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body({ schema: RefreshRequest }) body: RefreshRequest,
  ): Promise<TokenResponse> {
    return this.sessions.refresh(request, reply, body);
  }

  @Post('sign-out')
  @SignedIn()
  @WhileDistrusted()
  @ReturnsNothing()
  signOut(@Req() request: CarewardRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<void> {
    return this.sessions.signOut(identityContextOf(request), requirePrincipal(request), reply);
  }

  @Get('sessions')
  @SignedIn()
  @WhileDistrusted()
  @Returns(SessionList)
  list(@Req() request: CarewardRequest): Promise<SessionList> {
    return this.sessions.list(requirePrincipal(request));
  }

  @Delete('sessions')
  @SignedIn()
  @RecentProof()
  @Returns(SessionsEnded)
  endOthers(@Req() request: CarewardRequest): Promise<SessionsEnded> {
    return this.sessions.endOthers(identityContextOf(request), requirePrincipal(request));
  }

  @Delete('sessions/:sessionId')
  @SignedIn()
  @RecentProof()
  @ReturnsNothing()
  end(
    @Req() request: CarewardRequest,
    @Param('sessionId', { schema: Uuid }) sessionId: string,
  ): Promise<void> {
    return this.sessions.end(identityContextOf(request), sessionId);
  }
}
