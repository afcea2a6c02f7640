import {
  PasskeyChallengeRequest,
  PasskeyCreationOptions,
  PasskeyEnrolmentRequest,
  PasskeyRequestOptions,
  PasskeySecondFactorRequest,
  PasskeySignInRequest,
  SignInResult,
} from '@careward/api-schema';
import { Body, Controller, Post, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Returns } from '../../edge/index.ts';
import type { CarewardRequest } from '../../request-context/index.ts';
import { Public } from '../public.decorator.ts';
import { PasskeySignInSteps } from './passkey-sign-in-steps.ts';

/** Signing in by passkey: alone, as second factor, or added on the way. */
@ApiTags('authentication')
@Controller('auth')
export class PasskeySignInController {
  constructor(private readonly steps: PasskeySignInSteps) {}

  @Post('passkeys/options')
  @Public()
  @Returns(PasskeyRequestOptions)
  options(
    @Req() request: CarewardRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PasskeyRequestOptions> {
    return this.steps.options(request, reply);
  }

  @Post('passkeys/sign-in')
  @Public()
  @Returns(SignInResult)
  signIn(
    @Req() request: CarewardRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body({ schema: PasskeySignInRequest }) body: PasskeySignInRequest,
  ): Promise<SignInResult> {
    return this.steps.signIn(request, reply, body);
  }

  @Post('sign-in/passkey/options')
  @Public()
  @Returns(PasskeyRequestOptions)
  secondFactorOptions(
    @Req() request: CarewardRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body({ schema: PasskeyChallengeRequest }) body: PasskeyChallengeRequest,
  ): Promise<PasskeyRequestOptions> {
    return this.steps.secondFactorOptions(request, reply, body);
  }

  @Post('sign-in/passkey')
  @Public()
  @Returns(SignInResult)
  secondFactor(
    @Req() request: CarewardRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body({ schema: PasskeySecondFactorRequest }) body: PasskeySecondFactorRequest,
  ): Promise<SignInResult> {
    return this.steps.secondFactor(request, reply, body);
  }

  @Post('sign-in/passkey-enrolment/options')
  @Public()
  @Returns(PasskeyCreationOptions)
  enrolmentOptions(
    @Req() request: CarewardRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body({ schema: PasskeyChallengeRequest }) body: PasskeyChallengeRequest,
  ): Promise<PasskeyCreationOptions> {
    return this.steps.enrolmentOptions(request, reply, body);
  }

  @Post('sign-in/passkey-enrolment')
  @Public()
  @Returns(SignInResult)
  enrol(
    @Req() request: CarewardRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body({ schema: PasskeyEnrolmentRequest }) body: PasskeyEnrolmentRequest,
  ): Promise<SignInResult> {
    return this.steps.enrol(request, reply, body);
  }
}
