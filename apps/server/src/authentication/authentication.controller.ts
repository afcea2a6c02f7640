import { PasswordChange, RefreshRequest, SignInRequest, TokenResponse } from '@careward/api-schema';
import { Body, Controller, Post, Put, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Returns, ReturnsNothing } from '../edge/index.ts';
import { type CarewardRequest, requirePrincipal } from '../request-context/index.ts';
import { AuthenticationService } from './authentication.service.ts';
import { Public, SignedIn } from './public.decorator.ts';

/** Sign-in, refresh, sign-out, the own password. */
@ApiTags('authentication')
@Controller('auth')
export class AuthenticationController {
  constructor(private readonly authentication: AuthenticationService) {}

  @Post('sign-in')
  @Public()
  @Returns(TokenResponse)
  signIn(
    @Req() request: CarewardRequest,
    @Body({ schema: SignInRequest }) body: SignInRequest,
  ): Promise<TokenResponse> {
    return this.authentication.signIn(request.careward.origin, body);
  }

  @Post('refresh')
  @Public()
  @Returns(TokenResponse)
  refresh(
    @Req() request: CarewardRequest,
    @Body({ schema: RefreshRequest }) body: RefreshRequest,
  ): Promise<TokenResponse> {
    return this.authentication.refresh(request.careward.origin, body);
  }

  @Post('sign-out')
  @SignedIn()
  @ReturnsNothing()
  signOut(@Req() request: CarewardRequest): Promise<void> {
    return this.authentication.signOut(request.careward.origin, requirePrincipal(request));
  }

  @Put('password')
  @SignedIn()
  @ReturnsNothing()
  changePassword(
    @Req() request: CarewardRequest,
    @Body({ schema: PasswordChange }) body: PasswordChange,
  ): Promise<void> {
    return this.authentication.changePassword(request.careward.origin, requirePrincipal(request), body);
  }
}
