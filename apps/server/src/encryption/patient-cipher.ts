import { Phi } from '@careward/kernel';
import { type CellPlace, type DataKey, openCell, sealCell } from '@careward/vault';
import { PATIENT_FIELDS, type PatientField } from './phi-fields.ts';

/** Seals and opens the cells of one patient. Every cell is bound to its region, clinic, patient, table, column and row. */
export class PatientCipher {
  readonly #key: DataKey;
  readonly #place: Pick<CellPlace, 'region' | 'clinicId' | 'patientId'>;

  constructor(key: DataKey, place: Pick<CellPlace, 'region' | 'clinicId' | 'patientId'>) {
    this.#key = key;
    this.#place = place;
  }

  /** The envelope of `value` for this column of row `rowId`. */
  seal(field: PatientField, rowId: string, value: string): Buffer {
    return sealCell(this.#key, this.#cell(field, rowId), value);
  }

  /** As {@link seal}; an absent value stays absent. */
  sealOptional(field: PatientField, rowId: string, value: string | null | undefined): Buffer | null {
    return value == null ? null : this.seal(field, rowId, value);
  }

  /** The value of a cell, or `vault-cell-unopenable` when it was changed or belongs elsewhere. */
  open(field: PatientField, rowId: string, envelope: Buffer): Phi<string> {
    return Phi.of(openCell(this.#key, this.#cell(field, rowId), envelope).toString('utf8'));
  }

  /** As {@link open}; an absent cell stays absent. */
  openOptional(field: PatientField, rowId: string, envelope: Buffer | null): Phi<string> | null {
    return envelope === null ? null : this.open(field, rowId, envelope);
  }

  #cell(field: PatientField, rowId: string): CellPlace {
    const { table, column } = PATIENT_FIELDS[field];
    return { ...this.#place, table, column, rowId };
  }
}
