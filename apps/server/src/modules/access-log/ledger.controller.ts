import { LedgerConsistency, LedgerConsistencyQuery } from '@careward/api-schema';
import { Controller, Get, Header, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Public } from '../../authentication/index.ts';
import { Returns } from '../../edge/index.ts';
import type { CarewardRequest } from '../../request-context/index.ts';
import { LedgerPublicationService } from './ledger-publication.service.ts';

const TEXT = 'text/plain; charset=utf-8';

/** The public side of the ledger (C2SP tlog-checkpoint): no entry, no person, only signed sizes and hashes. */
@ApiTags('ledger')
@Controller('ledger')
export class LedgerController {
  constructor(private readonly ledger: LedgerPublicationService) {}

  @Get('checkpoint')
  @Public()
  @Header('content-type', TEXT)
  @Header('cache-control', 'no-store')
  checkpoint(@Req() request: CarewardRequest): Promise<string> {
    return this.ledger.checkpoint(request.careward.origin);
  }

  @Get('key')
  @Public()
  @Header('content-type', TEXT)
  key(): string {
    return `${this.ledger.verifierKey}\n`;
  }

  @Get('consistency')
  @Public()
  @Returns(LedgerConsistency)
  consistency(
    @Req() request: CarewardRequest,
    @Query({ schema: LedgerConsistencyQuery }) { from, to }: LedgerConsistencyQuery,
  ): Promise<LedgerConsistency> {
    return this.ledger.consistency(request.careward.origin, from, to);
  }
}
