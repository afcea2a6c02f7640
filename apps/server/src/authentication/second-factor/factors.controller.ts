import { RecoveryCodes, SecondFactors, TotpConfirm, TotpEnrolment } from '@careward/api-schema';
import { Body, Controller, Delete, Get, Post, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Returns, ReturnsNothing } from '../../edge/index.ts';
import { type CarewardRequest, identityContextOf, requirePrincipal } from '../../request-context/index.ts';
import { RecentProof, SignedIn } from '../public.decorator.ts';
import { OwnFactorsService } from './own-factors.service.ts';

/** The own second factors. */
@ApiTags('authentication')
@Controller('users/me/factors')
export class FactorsController {
  constructor(private readonly factors: OwnFactorsService) {}

  @Get()
  @SignedIn()
  @Returns(SecondFactors)
  list(@Req() request: CarewardRequest): Promise<SecondFactors> {
    return this.factors.list(identityContextOf(request), requirePrincipal(request));
  }

  @Post('totp')
  @SignedIn()
  @RecentProof()
  @Returns(TotpEnrolment, 201)
  beginTotp(@Req() request: CarewardRequest): Promise<TotpEnrolment> {
    return this.factors.beginTotp(identityContextOf(request));
  }

  @Post('totp/confirm')
  @SignedIn()
  @RecentProof()
  @Returns(RecoveryCodes)
  confirmTotp(
    @Req() request: CarewardRequest,
    @Body({ schema: TotpConfirm }) body: TotpConfirm,
  ): Promise<RecoveryCodes> {
    return this.factors.confirmTotp(identityContextOf(request), requirePrincipal(request), body);
  }

  @Delete('totp')
  @SignedIn()
  @RecentProof()
  @ReturnsNothing()
  removeTotp(@Req() request: CarewardRequest): Promise<void> {
    return this.factors.removeTotp(identityContextOf(request), requirePrincipal(request));
  }

  @Post('recovery-codes')
  @SignedIn()
  @RecentProof()
  @Returns(RecoveryCodes, 201)
  replaceRecoveryCodes(@Req() request: CarewardRequest): Promise<RecoveryCodes> {
    return this.factors.replaceRecoveryCodes(identityContextOf(request));
  }
}
