import { KnownDeviceList, PageQuery, SecurityEventPage, Uuid } from '@careward/api-schema';
import { Controller, Delete, Get, Param, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Returns, ReturnsNothing } from '../../edge/index.ts';
import { type CarewardRequest, identityContextOf, pageRequest } from '../../request-context/index.ts';
import { RecentProof, SignedIn } from '../public.decorator.ts';
import { OwnDevicesService } from './own-devices.service.ts';

/** Where the own account is used. */
@ApiTags('authentication')
@Controller('users/me')
export class OwnDevicesController {
  constructor(private readonly devices: OwnDevicesService) {}

  @Get('devices')
  @SignedIn()
  @Returns(KnownDeviceList)
  list(@Req() request: CarewardRequest): Promise<KnownDeviceList> {
    return this.devices.list(identityContextOf(request));
  }

  @Delete('devices/:deviceId')
  @SignedIn()
  @RecentProof()
  @ReturnsNothing()
  revoke(
    @Req() request: CarewardRequest,
    @Param('deviceId', { schema: Uuid }) deviceId: string,
  ): Promise<void> {
    return this.devices.revoke(identityContextOf(request), deviceId);
  }

  @Get('security-events')
  @SignedIn()
  @Returns(SecurityEventPage)
  listEvents(
    @Req() request: CarewardRequest,
    @Query({ schema: PageQuery }) query: PageQuery,
  ): Promise<SecurityEventPage> {
    return this.devices.listEvents(identityContextOf(request), pageRequest(query));
  }
}
