import { TokenKeyRotated, TokenKeyRotationRequest } from '@careward/api-schema';
import { Body, Controller, Post, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { RecentProof } from '../../authentication/index.ts';
import { RequirePermission } from '../../authorization/index.ts';
import { Returns } from '../../edge/index.ts';
import { type CarewardRequest, identityContextOf } from '../../request-context/index.ts';
import { TokenKeysService } from './token-keys.service.ts';

/** The keys that sign access tokens. */
@ApiTags('authentication')
@Controller('auth/keys')
export class TokenKeysController {
  constructor(private readonly keys: TokenKeysService) {}

  @Post('rotation')
  @RequirePermission('configure_system')
  @RecentProof()
  @Returns(TokenKeyRotated)
  rotate(
    @Req() request: CarewardRequest,
    @Body({ schema: TokenKeyRotationRequest }) body: TokenKeyRotationRequest,
  ): Promise<TokenKeyRotated> {
    return this.keys.rotate(identityContextOf(request), body);
  }
}
