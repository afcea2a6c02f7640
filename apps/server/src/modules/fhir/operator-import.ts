import type { ImportReport } from '@careward/api-schema';
import type { ImportProgress, ImportService } from './import.service.ts';
import type { ImportTarget } from './import-target.ts';
import { fileSource, planImport, type RandomAccessSource } from './reading/index.ts';

/** Imports files for the operator; every organization in them is a clinic. */
export class OperatorImport {
  readonly #imports: ImportService;
  readonly #target: () => ImportTarget;

  constructor(imports: ImportService, target: () => ImportTarget) {
    this.#imports = imports;
    this.#target = target;
  }

  /** Imports all files as one: what one file names and another holds is found. Files are read as needed, never whole. */
  async run(
    paths: readonly string[],
    onProgress?: (progress: ImportProgress) => void,
  ): Promise<ImportReport> {
    const sources: RandomAccessSource[] = [];
    try {
      for (const path of paths) sources.push(await fileSource(path));
      const target = this.#target();
      const steps = planImport(sources, { isKnownClinic: (sourceId) => target.isKnownClinic(sourceId) });
      return await this.#imports.run(steps, target, onProgress);
    } finally {
      await Promise.all(sources.map((source) => source.close()));
    }
  }
}
