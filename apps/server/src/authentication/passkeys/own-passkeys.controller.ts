import {
  PasskeyCreate,
  PasskeyCreationOptions,
  PasskeyCredentialId,
  PasskeyList,
  PasskeyProof,
  PasskeyRequestOptions,
  TokenResponse,
} from '@careward/api-schema';
import { Body, Controller, Delete, Get, Param, Post, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Returns, ReturnsNothing } from '../../edge/index.ts';
import type { CarewardRequest } from '../../request-context/index.ts';
import { RecentProof, SignedIn, WhileDistrusted } from '../public.decorator.ts';
import { OwnPasskeys } from './own-passkeys.ts';

/** The own passkeys. */
@ApiTags('passkeys')
@Controller()
export class OwnPasskeysController {
  constructor(private readonly passkeys: OwnPasskeys) {}

  @Post('users/me/passkeys/options')
  @SignedIn()
  @RecentProof()
  @Returns(PasskeyCreationOptions)
  options(@Req() request: CarewardRequest): Promise<PasskeyCreationOptions> {
    return this.passkeys.options(request);
  }

  @Post('users/me/passkeys')
  @SignedIn()
  @RecentProof()
  @Returns(PasskeyList, 201)
  add(
    @Req() request: CarewardRequest,
    @Body({ schema: PasskeyCreate }) body: PasskeyCreate,
  ): Promise<PasskeyList> {
    return this.passkeys.add(request, body);
  }

  @Get('users/me/passkeys')
  @SignedIn()
  @Returns(PasskeyList)
  list(@Req() request: CarewardRequest): Promise<PasskeyList> {
    return this.passkeys.list(request);
  }

  @Delete('users/me/passkeys/:credentialId')
  @SignedIn()
  @RecentProof()
  @ReturnsNothing()
  remove(
    @Req() request: CarewardRequest,
    @Param('credentialId', { schema: PasskeyCredentialId }) credentialId: string,
  ): Promise<void> {
    return this.passkeys.remove(request, credentialId);
  }

  @Post('auth/reauthenticate/passkey/options')
  @SignedIn()
  @WhileDistrusted()
  @Returns(PasskeyRequestOptions)
  proofOptions(@Req() request: CarewardRequest): Promise<PasskeyRequestOptions> {
    return this.passkeys.proofOptions(request);
  }

  @Post('auth/reauthenticate/passkey')
  @SignedIn()
  @WhileDistrusted()
  @Returns(TokenResponse)
  prove(
    @Req() request: CarewardRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body({ schema: PasskeyProof }) body: PasskeyProof,
  ): Promise<TokenResponse> {
    return this.passkeys.prove(request, reply, body);
  }
}
