/** What a worker expects of the server, and where it works. */
import type { TestClient } from '../../apps/server/test-harness/index.ts';

/** Where a worker works: the people of one clinic, signed in at the running server. */
export interface Desk {
  readonly nobody: TestClient;
  readonly receptionist: TestClient;
  readonly doctor: TestClient;
  /** Somebody who signs in again and again. An account has few sessions at a time, and the desk needs its own. */
  readonly visitorEmail: string;
  readonly password: string;
  /** A record of the other clinic. */
  readonly foreignRecordId: string;
}

/** A patient as it was acknowledged. Without an id the creation was not, and may have happened or not. */
export interface ExpectedPatient {
  readonly key: string;
  readonly name: string;
  readonly firstPhone: string;
  id?: string;
  version: number;
  phone: string;
  /** Phone of an update that was not acknowledged. */
  doubt?: string;
  readonly records: ExpectedRecord[];
}

/** A record as it was acknowledged: the diagnosis of each version. */
export interface ExpectedRecord {
  readonly key: string;
  id?: string;
  readonly diagnoses: string[];
  /** Diagnosis of a correction that was not acknowledged. */
  doubt?: string;
}

/** With the id that the server gave. */
export type Confirmed<T> = T & { id: string };
/** A patient as the API answers it. */
export interface PatientBody {
  id: string;
  version: number;
  name: { text: string };
  contacts: { phones: string[] };
}
/** A record, or a version of one, as the API answers it. */
export interface RecordBody {
  id: string;
  diagnosis: string;
  version: number;
}
