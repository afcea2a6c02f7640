import { TokenKeySet } from '@careward/api-schema';
import { Controller, Get, Header } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Public } from '../../authentication/index.ts';
import { Returns } from '../../edge/index.ts';
import { TokenKeysService } from './token-keys.service.ts';

/** Public keys for whoever verifies access tokens besides this server (RFC 8414 `jwks_uri`). */
@ApiTags('authentication')
@Controller('.well-known')
export class TokenKeySetController {
  constructor(private readonly keys: TokenKeysService) {}

  /** A key is published for longer than this before it signs, so a cache never lacks one. */
  @Get('jwks.json')
  @Public()
  @Header('cache-control', 'public, max-age=300')
  @Returns(TokenKeySet)
  keySet(): TokenKeySet {
    return this.keys.keySet();
  }
}
