import type { Narrator } from './narrator.ts';
import type { Scene } from './scene.ts';

/** Prints who can sign in. */
export function tellSignIns({ administrator, first, second }: Scene, narrator: Narrator): void {
  const staff = [first, second].flatMap(({ name, people }) =>
    [...people].map(([role, person]) => ({ clinic: name, role, ...person })),
  );
  narrator.heading(
    'Sign-ins (passwords and authenticator secrets are random and gone with the demonstration)',
  );
  narrator.rows(
    ['clinic', 'role', 'e-mail', 'password', 'authenticator'],
    [{ clinic: '', role: 'SUPER_ADMIN', ...administrator }, ...staff].map(
      ({ clinic, role, email, password, authenticator }) => [
        clinic,
        role,
        email,
        password,
        authenticator ?? 'not asked for',
      ],
    ),
  );
}

/** Prints how to use the server: in a browser, and from another terminal where no key is needed. */
export function tellHowToTry(url: string, authorityFile: string | undefined, narrator: Narrator): void {
  const trust = authorityFile === undefined ? '' : ` --cacert ${authorityFile}`;
  narrator.heading('Try it');
  narrator.lines([
    `In a browser: ${url}/sign-in`,
    ...(authorityFile === undefined
      ? []
      : [
          `Trust ${authorityFile} in it first, or accept its warning: the certificate is of this demonstration.`,
        ]),
    'Add the secret of a person to an authenticator app (by time, 6 digits): it shows the code to sign in with.',
    'From another terminal, without an account:',
    `curl${trust} ${url}/api/v1/ledger/checkpoint`,
    `curl${trust} ${url}/sign-in`,
  ]);
}
