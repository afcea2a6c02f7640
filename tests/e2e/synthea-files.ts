/** What the Synthea files hold, counted from their plain JSON: the oracle that shares no code with the importer. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sharedData } from '@careward/testing';

/** The part of a FHIR resource that is counted. */
export interface Resource {
  resourceType: string;
  id: string;
  name?: unknown;
  birthDate?: string;
  period?: { start: string; end?: string };
  subject?: { reference: string };
  serviceProvider?: { reference: string };
  participant?: { individual: { reference: string } }[];
  encounter?: { reference: string };
  code?: { text?: string };
  telecom?: { system: string; value: string }[];
}

/** A bundle as the files have it. */
export interface Bundle {
  resourceType: 'Bundle';
  entry: { fullUrl?: string; resource: Resource }[];
}

/** Rows that an organization's clinic has to have. */
export interface ClinicCounts {
  readonly patients: number;
  readonly practitioners: number;
  readonly medicalRecords: number;
}

/** Where the files lie; undefined on machines without them. */
export const FHIR_FOLDER = sharedData('fhir');

/** The paths of all files in folders of the FHIR data, in order. */
export function pathsOf(...folders: readonly string[]): string[] {
  return folders.flatMap((name) => {
    const folder = join(FHIR_FOLDER ?? '', name);
    return readdirSync(folder)
      .toSorted()
      .map((file) => join(folder, file));
  });
}

/** The files of the 18 patients. */
export const syntheaPaths = () => pathsOf('smart-r4', 'covid-juvenile');

export function readBundle(path: string): Bundle {
  return JSON.parse(readFileSync(path, 'utf8')) as Bundle;
}

/** The resources of one type in all files. */
export function resourcesOf(type: string, paths: readonly string[] = syntheaPaths()): Resource[] {
  const all = paths.flatMap((path) => readBundle(path).entry.map(({ resource }) => resource));
  return all.filter(({ resourceType }) => resourceType === type);
}

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** The last UUID of a reference, whichever of the usual forms it has. */
export function targetOf(reference: { reference: string } | undefined): string {
  return reference?.reference.match(UUID)?.at(-1) ?? '';
}

/** What each organization's clinic holds after an import, by the organization's id. */
export function countsByClinic(): Map<string, ClinicCounts> {
  const clinics = new Map(
    resourcesOf('Organization').map(({ id }) => [
      id,
      { patients: new Set<string>(), practitioners: new Set<string>(), visits: 0 },
    ]),
  );
  for (const visit of resourcesOf('Encounter')) {
    const clinic = clinics.get(targetOf(visit.serviceProvider));
    if (clinic === undefined) throw new Error(`a visit at an organization that no file holds: ${visit.id}`);
    clinic.visits += 1;
    clinic.patients.add(targetOf(visit.subject));
    for (const { individual } of visit.participant ?? []) clinic.practitioners.add(targetOf(individual));
  }
  return new Map(
    [...clinics].map(([id, { patients, practitioners, visits }]) => [
      id,
      { patients: patients.size, practitioners: practitioners.size, medicalRecords: visits },
    ]),
  );
}

/** The sums over all clinics. */
export function totals(): ClinicCounts & { clinics: number } {
  const counts = [...countsByClinic().values()];
  const sum = (pick: (each: ClinicCounts) => number) => counts.reduce((all, each) => all + pick(each), 0);
  return {
    clinics: counts.length,
    patients: sum((each) => each.patients),
    practitioners: sum((each) => each.practitioners),
    medicalRecords: sum((each) => each.medicalRecords),
  };
}
