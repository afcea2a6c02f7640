import type { Narrator } from './narrator.ts';
import type { Scene } from './scene.ts';

/** Prints who can sign in, and how to try it. */
export function tellSignIns({ administrator, first, second }: Scene, narrator: Narrator): void {
  const rows = [first, second].flatMap(({ name, people }) =>
    [...people].map(([role, { email, password }]) => [name, role, email, password]),
  );
  narrator.heading('Sign-ins (random passwords, gone with the demonstration)');
  narrator.rows(
    ['clinic', 'role', 'e-mail', 'password'],
    [['', 'SUPER_ADMIN', administrator.email, administrator.password], ...rows],
  );
}

/** Prints how to call the server from another terminal. */
export function tellHowToTry(
  url: string,
  authorityFile: string | undefined,
  scene: Scene,
  narrator: Narrator,
): void {
  const doctor = scene.first.people.get('DOCTOR');
  const trust = authorityFile === undefined ? '' : ` --cacert ${authorityFile}`;
  const body = JSON.stringify({ email: doctor?.email, password: doctor?.password });
  narrator.heading('Try it');
  narrator.lines([
    `curl${trust} -H 'content-type: application/json' -d '${body}' ${url}/api/v1/auth/sign-in`,
    `curl${trust} -H "authorization: Bearer $TOKEN" -H 'x-clinic-id: ${scene.first.id}' ${url}/api/v1/patients`,
  ]);
}
