import {
  EnrolmentBegin,
  EnrolmentConfirm,
  PasswordChange,
  Reauthentication,
  SecondFactorProof,
  SignInRequest,
  SignInResult,
  TokenResponse,
  TotpEnrolment,
} from '@careward/api-schema';
import { Body, Controller, Post, Put, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Returns, ReturnsNothing } from '../../edge/index.ts';
import { type CarewardRequest, identityContextOf, requirePrincipal } from '../../request-context/index.ts';
import { Public, SignedIn, WhileDistrusted } from '../public.decorator.ts';
import { OwnPasswordService } from './own-password.service.ts';
import { SignInSteps } from './sign-in-steps.ts';

/** Sign-in in its steps, proving oneself again, the own password. */
@ApiTags('authentication')
@Controller('auth')
export class SignInController {
  constructor(
    private readonly steps: SignInSteps,
    private readonly ownPassword: OwnPasswordService,
  ) {}

  @Post('sign-in')
  @Public()
  @Returns(SignInResult)
  signIn(
    @Req() request: CarewardRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body({ schema: SignInRequest }) body: SignInRequest,
  ): Promise<SignInResult> {
    return this.steps.password(request, reply, body);
  }

  @Post('sign-in/second-factor')
  @Public()
  @Returns(SignInResult)
  secondFactor(
    @Req() request: CarewardRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body({ schema: SecondFactorProof }) body: SecondFactorProof,
  ): Promise<SignInResult> {
    return this.steps.secondFactor(request, reply, body);
  }

  @Post('sign-in/totp')
  @Public()
  @Returns(TotpEnrolment)
  beginEnrolment(
    @Req() request: CarewardRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body({ schema: EnrolmentBegin }) body: EnrolmentBegin,
  ): Promise<TotpEnrolment> {
    return this.steps.beginEnrolment(request, reply, body);
  }

  @Post('sign-in/totp/confirm')
  @Public()
  @Returns(SignInResult)
  confirmEnrolment(
    @Req() request: CarewardRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body({ schema: EnrolmentConfirm }) body: EnrolmentConfirm,
  ): Promise<SignInResult> {
    return this.steps.confirmEnrolment(request, reply, body);
  }

  @Post('reauthenticate')
  @SignedIn()
  @WhileDistrusted()
  @Returns(TokenResponse)
  reauthenticate(
    @Req() request: CarewardRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body({ schema: Reauthentication }) body: Reauthentication,
  ): Promise<TokenResponse> {
    return this.steps.prove(request, reply, body);
  }

  @Put('password')
  @SignedIn()
  @ReturnsNothing()
  changePassword(
    @Req() request: CarewardRequest,
    @Body({ schema: PasswordChange }) body: PasswordChange,
  ): Promise<void> {
    return this.ownPassword.change(identityContextOf(request), requirePrincipal(request), body);
  }
}
