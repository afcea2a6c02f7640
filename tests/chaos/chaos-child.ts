/** A server of the built code in a process of its own, which answers questions about its ledger to its parent. */
import { setTimeout as delay } from 'node:timers/promises';
import { loadConfiguration, type Platform, startServer } from '@careward/server';
import type { ChildAnswers, Question } from './chaos-server.ts';

const server = await startServer(loadConfiguration());
const { url, authorityFile, setupCode, platform } = server;
const answers: { [Q in Question['ask']]: (question: Question) => Promise<ChildAnswers[Q]> } = {
  ledger: () => ledgerOf(platform),
  entries: ({ requestIds = [] }) => entriesOf(platform, requestIds),
  inWork: async () => platform.admission.inWork,
  sessions: () => countSessions(platform),
};
process.on('message', (question: Question) => {
  void answers[question.ask](question).then((answer) => process.send?.({ id: question.id, answer }));
});
// Without the parent there is nobody left to end it.
process.once('disconnect', () => process.exit(1));
process.once('SIGTERM', () => void server.stop().then(() => process.exit(0)));
process.send?.({ url, authorityFile, setupCode: setupCode?.reveal() });

async function ledgerOf({ sequencer, ledgerVerification, database }: Platform) {
  let size = await sequencer.flush();
  // On a shared database server the transactions of other databases hold the horizon back, those of the killed server too.
  for (let attempt = 1; sequencer.pending > 0 && attempt <= 100; attempt += 1) {
    await delay(100);
    size = await sequencer.flush();
  }
  const scope = database.forSequencer();
  const [row] = await scope.run(
    scope.build.selectFrom('audit_entry').select((eb) => eb.fn.countAll<string>().as('entries')),
  );
  const { ok, findings } = await ledgerVerification.verify();
  return { size, entries: Number(row?.entries), ok, findings: findings.map(({ message }) => message) };
}

async function entriesOf({ database }: Platform, requestIds: readonly string[]) {
  const scope = database.forSequencer();
  const rows = await scope.run(
    scope.build
      .selectFrom('audit_entry')
      .select(['request_id', 'action', 'outcome', 'resource_id', 'patient_id'])
      .where((eb) => eb('request_id', '=', eb.fn.any(eb.val(requestIds)))),
  );
  return rows.map((row) => ({
    requestId: row.request_id,
    action: row.action,
    outcome: row.outcome,
    resourceId: row.resource_id,
    patientId: row.patient_id,
  }));
}

async function countSessions({ database }: Platform): Promise<number> {
  const scope = database.forSequencer();
  const rows = await scope.run(
    scope.build.selectFrom('audit_entry').select('id').where('action', '=', 'session.create'),
  );
  return rows.length;
}
