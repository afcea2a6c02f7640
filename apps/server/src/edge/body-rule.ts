import { RouteConfig } from '@nestjs/platform-fastify';

/** What bodies a route takes. */
export interface BodyRule {
  /** `import`: up to the import limit instead of the ordinary one. */
  readonly size?: 'ordinary' | 'import';
  /** Media types without parameters; `application/json` unless named. */
  readonly mediaTypes?: readonly string[];
}

declare module 'fastify' {
  interface FastifyContextConfig {
    body?: BodyRule;
  }
}

/** Declares what bodies a route takes, where it differs from ordinary JSON. Carries Fastify's route `config`: use it once a route. */
export function AcceptsBody(rule: BodyRule): MethodDecorator {
  return RouteConfig({ body: rule });
}
