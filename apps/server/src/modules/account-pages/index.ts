export { AccountPagesController, PAGE_PATHS } from './account-pages.controller.ts';
export { AccountPages } from './account-pages.ts';
