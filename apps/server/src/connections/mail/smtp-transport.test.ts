import { describe, expect, it } from 'vitest';
import { smtpOptions } from './smtp-transport.ts';

const optionsOf = (url: string) => smtpOptions(new URL(url));

describe('the way to a mail server', () => {
  it('is TLS from the first byte, or TLS that has to begin before login and content', () => {
    expect(optionsOf('smtps://mail.example.org')).toMatchObject({ port: 465, secure: true });
    expect(optionsOf('smtp://mail.example.org')).toMatchObject({
      port: 587,
      secure: false,
      requireTLS: true,
    });
  });

  it.each(['smtp://127.0.0.1:2525', 'smtp://localhost:2525', 'smtp://[::1]:2525'])(
    'may be open on this machine only: %s',
    (url) => {
      expect(optionsOf(url)).toMatchObject({ port: 2525, requireTLS: false });
    },
  );

  it.each([
    'smtp://127.0.0.1.example.org',
    'smtp://localhost.example.org',
    'smtp://10.0.0.1',
    'smtp://0x7f.1.example',
  ])('is not open to what only looks like this machine: %s', (url) => {
    expect(optionsOf(url).requireTLS).toBe(true);
  });

  it('checks the certificate whatever the address says', () => {
    const url = 'smtps://mail.example.org/?tls.rejectUnauthorized=false&ignoreTLS=true&requireTLS=false';
    expect(optionsOf(url).tls).toMatchObject({ rejectUnauthorized: true, minVersion: 'TLSv1.2' });
    expect(optionsOf(url)).not.toHaveProperty('ignoreTLS');
  });

  it('takes login and password as they were meant', () => {
    expect(optionsOf('smtps://lo%40gin:p%3Ass@mail.example.org').auth).toEqual({
      user: 'lo@gin',
      pass: 'p:ss',
    });
    expect(optionsOf('smtps://mail.example.org')).not.toHaveProperty('auth');
  });
});
