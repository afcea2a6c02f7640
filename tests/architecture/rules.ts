import type { Rule } from './rule.ts';
import { appImports } from './rules/app-imports.rule.ts';
import { clinicContextGrant } from './rules/clinic-context-grant.rule.ts';
import { clockAndRandomness } from './rules/clock-and-randomness.rule.ts';
import { databaseAccess } from './rules/database-access.rule.ts';
import { faces } from './rules/faces.rule.ts';
import { fileSize } from './rules/file-size.rule.ts';
import { importDirection } from './rules/import-direction.rule.ts';
import { knownFolders } from './rules/known-folders.rule.ts';
import { literalImports } from './rules/literal-imports.rule.ts';
import { noCycles } from './rules/no-cycles.rule.ts';
import { onePipeline } from './rules/one-pipeline.rule.ts';
import { packageImports } from './rules/package-imports.rule.ts';
import { phiDeclared } from './rules/phi-declared.rule.ts';
import { phiThroughEncryption } from './rules/phi-through-encryption.rule.ts';
import { processEnv } from './rules/process-env.rule.ts';
import { testCode } from './rules/test-code.rule.ts';

/** Every rule of the house. A rule that is not in this list, or has no planted violation, fails the tests. */
export const RULES: readonly Rule[] = [
  importDirection,
  packageImports,
  appImports,
  faces,
  noCycles,
  literalImports,
  knownFolders,
  processEnv,
  databaseAccess,
  phiDeclared,
  phiThroughEncryption,
  testCode,
  clinicContextGrant,
  onePipeline,
  clockAndRandomness,
  fileSize,
];
