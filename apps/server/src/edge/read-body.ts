// How the bytes of a body become what a route sees.
//
// Defends: the import from a JSON parser that would build a whole bundle in memory and settle in silence what the FHIR reader has to
// judge, such as members named twice; every other route from objects that reach for prototypes.
// Does not decide which types and lengths a route takes; `limitBody` has done so before the first byte was read.
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** Every media type that some route takes. */
export const BODY_TYPES: readonly string[] = ['application/json', 'application/fhir+json'];

type Done = (error: Error | null, body?: unknown) => void;

/** Stage `body`: bodies of import routes stay bytes, all others are parsed as JSON. */
export function readBody(fastify: FastifyInstance): (request: unknown, bytes: Buffer, done: Done) => void {
  const parseJson = fastify.getDefaultJsonParser('error', 'error');
  return (request, bytes, done) => {
    const { config } = (request as FastifyRequest).routeOptions;
    if (config.body?.size === 'import') return done(null, bytes);
    return void parseJson(request as FastifyRequest, bytes.toString('utf8'), done);
  };
}
