// Defends: health information from being stored in clear because nobody decided about a new column.
// How: a column that could hold sealed bytes is either declared in phi-fields.ts or listed here with what it holds instead.
// Does not see health information in a column of another type: reviewing a migration stays a human's work.
import { binaryColumns, columnName, declaredPhiColumns } from '../graph/phi-columns.ts';
import type { SourceTree } from '../graph/source-tree.ts';
import type { Finding, Rule } from '../rule.ts';

/** Binary columns that hold no health information, and what they hold. */
export const NOT_PHI: Readonly<Record<string, string>> = {
  'platform_key.wrapped': 'a key sealed under the region key',
  'clinic_key.wrapped': 'a key sealed under the region key',
  'patient_key.wrapped': 'a key sealed under the clinic key',
  'account.email_index': 'keyed hash of the e-mail address',
  'recovery_code.code_hash': 'hash of a one-time code',
  'email_code.code_hash': 'hash of a one-time code',
  'email_code.new_email_index': 'keyed hash of an e-mail address',
  'invitation.code_hash': 'hash of a one-time code',
  'invitation.email_index': 'keyed hash of an e-mail address',
  'registration.code_hash': 'hash of a one-time code',
  'registration.email_index': 'keyed hash of an e-mail address',
  'token_key.public_key': 'public key',
  'join_code.code_hash': 'hash of a one-time code',
  'setup_code.code_hash': 'hash of a one-time code',
  'idempotency_receipt.request_digest': 'keyed hash of a request',
  'practitioner.source_key': 'keyed hash of an identifier elsewhere',
  'patient.source_key': 'keyed hash of an identifier elsewhere',
  'patient.source_digest': 'keyed hash of an imported resource',
  'patient_search_token.token': 'blind index of a declared column',
  'medical_record.source_key': 'keyed hash of an identifier elsewhere',
  'medical_record.source_digest': 'keyed hash of an imported resource',
  'audit_entry.salt': 'random salt of a commitment',
  'ledger_leaf.commitment': 'salted commitment of an audit entry',
  'ledger_tile.hashes': 'hashes of the ledger',
};

/** What is PHI is decided in one file, in both directions: no undeclared binary column, no declaration without its column. */
export const phiDeclared: Rule = {
  name: 'phi-declared',
  promise:
    'every bytea column of the migrations is declared in phi-fields.ts or listed as not PHI, and every declaration names one',
  find: (tree) => [...undeclaredColumns(tree), ...declarationsOfNothing(tree)],
};

function undeclaredColumns(tree: SourceTree): Finding[] {
  const decided = new Set([...declaredPhiColumns(tree).map(columnName), ...Object.keys(NOT_PHI)]);
  return binaryColumns(tree)
    .filter((column) => !decided.has(columnName(column)))
    .map((column) => ({ ...column, message: `${columnName(column)} is not declared in phi-fields.ts` }));
}

function declarationsOfNothing(tree: SourceTree): Finding[] {
  const existing = new Set(binaryColumns(tree).map(columnName));
  return declaredPhiColumns(tree)
    .filter((column) => !existing.has(columnName(column)))
    .map((column) => ({
      ...column,
      message: `${columnName(column)} is not a bytea column of any migration`,
    }));
}
