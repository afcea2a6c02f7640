import { Controller, Get, Param, Redirect, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../../authentication/index.ts';
import { requestErrors } from '../../errors/index.ts';
import type { CarewardRequest } from '../../request-context/index.ts';
import { AccountPages, PAGE_POLICY, PAGE_TITLES, type PageFile, PROVIDER_CALLBACK } from './account-pages.ts';

const PAGES = [...Object.keys(PAGE_TITLES), PROVIDER_CALLBACK];

/** Where the pages live: outside the API. */
export const PAGE_PATHS: readonly string[] = [...PAGES, 'pages/:file', '.well-known/change-password'];

/** The pages of the own account, and their scripts. */
@ApiExcludeController()
@Controller()
export class AccountPagesController {
  constructor(private readonly pages: AccountPages) {}

  @Get(PAGES)
  @Public()
  page(@Req() request: CarewardRequest, @Res({ passthrough: true }) reply: FastifyReply): string {
    return answer(reply, this.pages.findPage(request.routeOptions.url ?? ''));
  }

  @Get('pages/:file')
  @Public()
  file(@Param('file') name: string, @Res({ passthrough: true }) reply: FastifyReply): string {
    return answer(reply, this.pages.findFile(name));
  }

  /** Where password managers send people (W3C, A Well-Known URL for Changing Passwords). */
  @Get('.well-known/change-password')
  @Public()
  @Redirect()
  changePassword(): { readonly url: string; readonly statusCode: number } {
    return { url: '/account#change-password', statusCode: 302 };
  }
}

function answer(reply: FastifyReply, file: PageFile | undefined): string {
  if (file === undefined) throw requestErrors.error('request-route-unknown');
  reply.header('content-type', file.type).header('content-security-policy', PAGE_POLICY);
  return file.content;
}
