import { join } from 'node:path';
import { createSigner } from '@careward/ledger';
import {
  FileCheckpointWitness,
  LedgerSequenceRepository,
  LedgerSequencer,
  verifyLedger,
} from '../audit/index.ts';
import type { Configuration } from '../config/index.ts';
import { Admission, limitsFrom, RateLimitService } from '../edge/index.ts';
import { LedgerPublicationRepository, LedgerPublicationService } from '../modules/access-log/index.ts';
import type { Foundations } from './foundations.ts';
import type { Watch } from './watch.ts';

/** Bodies of imports that may be in memory at once. */
const LARGE_BODIES_AT_ONCE = 4;

/** The ledger: who writes it, who shows it, who checks it. */
export function buildLedger(
  { configuration, clock, home, database }: Foundations,
  { logging, metrics }: Watch,
) {
  const { audit } = configuration;
  const signer = createSigner(ledgerOrigin(configuration), home.ledgerKey.seed.reveal());
  const witness = new FileCheckpointWitness(join(home.path, 'ledger', 'checkpoints.log'));
  const sequencer = new LedgerSequencer({
    ledger: new LedgerSequenceRepository(database),
    signer,
    witness,
    clock,
    plan: { intervalMs: audit.sequenceIntervalMs, batch: audit.sequenceBatch },
    onRound: ({ pending }) => metrics.sequencerLag.set(pending),
    onFailure: (error) => logging.error('AUDIT', 'sequencer round failed', error),
  });
  const verify = () => verifyLedger(database, signer.verifierKey, witness);
  const publication = new LedgerPublicationService(
    new LedgerPublicationRepository(database),
    signer.verifierKey,
  );
  return { sequencer, publication, ledgerKey: signer.verifierKey, ledgerVerification: { verify } };
}

/** What the stages before authentication need. */
export function buildEdge({ configuration, home, stores }: Foundations, { metrics }: Watch) {
  const { limits: plan, network, profile } = configuration;
  const admission = new Admission(plan.maxConcurrentRequests, (inWork) => metrics.requestsInWork.set(inWork));
  const limits = new RateLimitService(stores.limits, limitsFrom(plan), (limit, { allowed }) =>
    metrics.limitDecisions.inc({ limit, outcome: allowed ? 'allowed' : 'refused' }),
  );
  const headerOptions = {
    hasTls: home.tls !== undefined,
    isProduction: profile === 'production',
    corsOrigins: network.corsOrigins,
  };
  const largeBodies = new Admission(LARGE_BODIES_AT_ONCE);
  const bodyLimits = { ordinaryBytes: plan.bodyBytes, importBytes: configuration.import.bodyBytes };
  return { admission, largeBodies, limits, headerOptions, bodyLimits };
}

/** The name under which the ledger signs: one log for each region. */
export function ledgerOrigin({ audit, home }: Configuration): string {
  return audit.origin ?? `careward.local/${home.region}`;
}
