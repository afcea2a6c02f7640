const ALPHABET = /^[A-Za-z0-9_-]+$/;

/**
 * Decodes base64url strictly (RFC 7515, appendix C; RFC 4648, 3.5): no padding, no foreign characters, no stray bits.
 * Returns undefined for anything else: two spellings of one token must not both be valid.
 */
export function decodeCanonicalBase64Url(text: string): Buffer | undefined {
  if (!ALPHABET.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}
