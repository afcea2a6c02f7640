// Calls the API from a page.
//
// Defends: a session from whoever takes its cookies. Every request carries a proof (DPoP, RFC 9449) by a key that was made in this
// browser and that no script, this one included, can read out. Tokens stay in cookies that no script sees. Nothing is written into
// addresses, and nothing but the key is kept.
const API = '/api/v1';
const DATABASE = 'careward';
const KEYS = 'keys';
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' };
const NO_KEYS =
  'This browser keeps no keys for this page. Some do not in private windows: open another window.';

let nonce;
let keyPair;
let refreshing;
/** The key lay here when the page was opened: somebody may have signed in before. */
let isKnownBrowser = false;
/** A refresh was refused on this page: another one would be, too. */
let isOver = false;

/**
 * A refusal. `message` is its text for people; `status` of HTTP, 0 where no server was asked; `code` as docs/errors names it; `faults`
 * of fields; `retryAfterSeconds` where waiting helps.
 */
export class Refusal extends Error {
  constructor(status, problem) {
    super(problem.detail ?? 'The server did not answer as expected.');
    this.status = status;
    this.code = problem.code ?? '';
    this.faults = problem.faults ?? [];
    this.retryAfterSeconds = problem.retryAfterSeconds;
  }
}

/** Calls a route. Gives the parsed answer, or throws a Refusal. A token at its end is renewed once. */
export async function call(method, path, body) {
  let answer = await send(method, path, body);
  if (answer.status === 401 && mayRefresh(answer.code) && (await refresh())) {
    answer = await send(method, path, body);
  }
  if (answer.status >= 400) throw new Refusal(answer.status, answer.body ?? {});
  return answer.body;
}

/** Forgets the key: the next sign-in makes another. */
export async function forgetKey() {
  keyPair = undefined;
  const store = await keyStore('readwrite');
  await settled(store.delete('proof'));
}

/** Browsers may drop the cookie of a token before that of a refresh: whoever was signed in then looks like nobody. */
function mayRefresh(code) {
  if (isOver) return false;
  return code === 'authentication-token-invalid' || (code === 'authentication-required' && isKnownBrowser);
}

/** One refresh for all calls of this page; other pages wait for it and then have its cookies. Gives whether it worked. */
function refresh() {
  refreshing ??= navigator.locks
    .request('careward-refresh', async () => {
      const { status } = await send('POST', '/auth/refresh', {});
      isOver = status === 401;
      return status < 400;
    })
    .finally(() => {
      refreshing = undefined;
    });
  return refreshing;
}

/** Sends a request; once more when the server wants its nonce in the proof. */
async function send(method, path, body, isRepeated = false) {
  const response = await fetch(API + path, {
    method,
    credentials: 'same-origin',
    cache: 'no-store',
    redirect: 'error',
    headers: {
      'x-careward-client': 'browser',
      dpop: await proof(method, new URL(API + path, location.origin)),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  nonce = response.headers.get('dpop-nonce') ?? nonce;
  const answer = await read(response);
  if (answer.code === 'authentication-proof-nonce-needed' && !isRepeated)
    return send(method, path, body, true);
  return answer;
}

async function read(response) {
  const text = await response.text();
  const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '');
  const body = isJson && text !== '' ? JSON.parse(text) : undefined;
  return { status: response.status, code: body?.code, body };
}

async function proof(method, url) {
  keyPair ??= loadKey();
  const { privateKey, publicKey } = await keyPair;
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', publicKey);
  const header = { typ: 'dpop+jwt', alg: 'ES256', jwk: { kty, crv, x, y } };
  const claims = {
    jti: crypto.randomUUID(),
    htm: method,
    htu: url.origin + url.pathname,
    iat: Math.floor(Date.now() / 1000),
    ...(nonce !== undefined && { nonce }),
  };
  const signed = `${encodeJson(header)}.${encodeJson(claims)}`;
  const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, privateKey, utf8(signed));
  return `${signed}.${encode(new Uint8Array(signature))}`;
}

/** The key of this browser: made at first use, its private half not extractable. */
async function loadKey() {
  const kept = await settled((await keyStore('readonly')).get('proof'));
  isKnownBrowser = kept !== undefined;
  if (isKnownBrowser) return kept;
  const made = await crypto.subtle.generateKey(ALGORITHM, false, ['sign']);
  // A page that is opened at the same time may have been faster: its key counts.
  const store = await keyStore('readwrite');
  const first = await settled(store.get('proof'));
  if (first !== undefined) return first;
  await settled(store.put(made, 'proof'));
  return made;
}

async function keyStore(mode) {
  const opening = indexedDB.open(DATABASE, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(KEYS);
  const database = await settled(opening);
  return database.transaction(KEYS, mode).objectStore(KEYS);
}

function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(new Refusal(0, { detail: NO_KEYS }));
  });
}

function encodeJson(value) {
  return encode(utf8(JSON.stringify(value)));
}

function encode(bytes) {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

function utf8(text) {
  return new TextEncoder().encode(text);
}
