import { SessionStatistics } from '@careward/api-schema';
import { Controller, Get, Post, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  RecentProof,
  SessionManagementService,
  SessionStatisticsService,
} from '../../authentication/index.ts';
import { RequirePermission } from '../../authorization/index.ts';
import { Returns, ReturnsNothing } from '../../edge/index.ts';
import { type CarewardRequest, identityContextOf } from '../../request-context/index.ts';

/** The sessions of everybody. */
@ApiTags('sessions')
@Controller('auth/sessions')
export class SessionAdministrationController {
  constructor(
    private readonly sessions: SessionManagementService,
    private readonly statistics: SessionStatisticsService,
  ) {}

  @Get('statistics')
  @RequirePermission('view_system_logs')
  @Returns(SessionStatistics)
  current(): Promise<SessionStatistics> {
    return this.statistics.current();
  }

  @Post('end-everybody')
  @RequirePermission('configure_system')
  @RecentProof()
  @ReturnsNothing()
  endEverybody(@Req() request: CarewardRequest): Promise<void> {
    return this.sessions.endEverybody(identityContextOf(request));
  }
}
