import { Controller, Get, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../../authentication/index.ts';
import { HealthRegistry, type ReadinessReport } from '../../observability/index.ts';

/** Health for orchestrators: `live` means the process answers, `ready` that every dependency does. */
@ApiExcludeController()
@Controller('health')
export class HealthController {
  constructor(private readonly health: HealthRegistry) {}

  @Get('live')
  @Public()
  live(): { readonly status: 'up' } {
    return this.health.live();
  }

  @Get('ready')
  @Public()
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<ReadinessReport> {
    const report = await this.health.ready();
    if (report.status === 'down') reply.code(503);
    return report;
  }
}
