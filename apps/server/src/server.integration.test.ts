import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfiguration } from './config/index.ts';
import { startServer } from './server.ts';

test('smoke', async () => {
  const home = await mkdtemp(join(tmpdir(), 'careward-'));
  const server = await startServer(loadConfiguration({ CAREWARD_HOME: home, CAREWARD_PORT: '0', CAREWARD_METRICS_PORT: '0', CAREWARD_LOG_LEVEL: 'info' }));
  const ca = await readFile(server.authorityFile ?? '');
  const agent = new Agent({ ca, keepAlive: true });
  const call = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    new Promise<{ status: number; body: string; headers: unknown }>((resolve, reject) => {
      const text = body === undefined ? undefined : JSON.stringify(body);
      const req = request(new URL(path, server.url), { method, agent, headers: { ...(text && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }), ...headers } }, (res) => {
        let out = '';
        res.on('data', (c) => (out += c)).on('end', () => resolve({ status: res.statusCode ?? 0, body: out, headers: res.headers }));
      });
      req.on('error', reject);
      req.end(text);
    });
  console.log(await call('GET', '/health/ready'));
  console.log(await call('POST', '/api/v1/setup', { code: server.setupCode?.reveal(), email: 'root@example.org', password: 'correct horse battery staple', displayName: 'Root' }));
  const signIn = await call('POST', '/api/v1/auth/sign-in', { email: 'root@example.org', password: 'correct horse battery staple' });
  console.log(signIn);
  const auth = { authorization: `Bearer ${JSON.parse(signIn.body).accessToken}` };
  console.log(await call('GET', '/api/v1/users/me', undefined, auth));
  const clinic = await call('POST', '/api/v1/clinics', { name: 'North' }, auth);
  console.log(clinic);
  const clinicId = JSON.parse(clinic.body).id;
  const at = { ...auth, 'x-clinic-id': clinicId };
  console.log(await call('POST', '/api/v1/users', { email: 'doc@example.org', displayName: 'Doc', password: 'correct horse battery staple', roles: ['DOCTOR', 'RECEPTIONIST'] }, at));
  const doc = JSON.parse((await call('POST', '/api/v1/auth/sign-in', { email: 'doc@example.org', password: 'correct horse battery staple' })).body);
  const docAuth = { authorization: `Bearer ${doc.accessToken}` };
  const patient = await call('POST', '/api/v1/patients', { name: { text: 'Zoë O’Keefe', family: 'O’Keefe', given: ['Zoë'] }, birthDate: '1980-01-02', ssn: '999-11-2222' }, { ...docAuth, 'x-purpose-of-use': 'TREAT' });
  console.log(patient);
  const patientId = JSON.parse(patient.body).id;
  const record = await call('POST', `/api/v1/patients/${patientId}/medical-records`, { diagnosis: 'flu', treatment: 'rest', visitStart: '2026-01-01T10:00:00Z' }, docAuth);
  console.log(record);
  console.log(await call('GET', `/api/v1/patients/${patientId}`, undefined, docAuth));
  console.log(await call('POST', `/api/v1/patients/search`, { ssn: '999112222' }, docAuth));
  console.log(await call('GET', `/api/v1/patients/${patientId}`, undefined, at));
  console.log(await call('GET', `/api/v1/patients/zzz`, undefined, docAuth));
  console.log(await call('GET', `/api/v1/nothing`));
  console.log((await call('GET', `/api/v1/openapi.json`)).body.slice(0, 600));
  console.log(await server.platform.ledgerVerification.verify());
  await server.stop();
  agent.destroy();
  await rm(home, { recursive: true });
});
