/** Costs of several subjects side by side: interleaved rounds, best and median, and ratios against the first. */

/** Something whose cost is measured. */
export interface Subject {
  readonly name: string;
  /** Does one round of work and answers what one operation cost, in microseconds. */
  readonly round: () => Promise<number>;
  /** The most that its best round may cost, as a ratio to the best of the first subject. */
  readonly budget?: number;
}

/** What the rounds of a subject gave, in microseconds an operation. */
export interface Cost {
  readonly name: string;
  readonly best: number;
  readonly median: number;
  readonly budget?: number | undefined;
}

/**
 * Measures subjects in turns, so that what else the machine does falls on all of them alike. The order is reversed every other
 * round; two rounds before the first are thrown away.
 */
export async function measureSideBySide(subjects: readonly Subject[], rounds: number): Promise<Cost[]> {
  const costs = new Map(subjects.map((subject) => [subject, [] as number[]]));
  const warmUps = 2;
  for (let round = -warmUps; round < rounds; round += 1) {
    for (const subject of round % 2 === 0 ? subjects : subjects.toReversed()) {
      const cost = await subject.round();
      if (round >= 0) costs.get(subject)?.push(cost);
    }
  }
  return subjects.map((subject) => ({
    ...summarise(subject.name, costs.get(subject) ?? []),
    budget: subject.budget,
  }));
}

/** Best and median of what rounds gave. */
export function summarise(name: string, rounds: readonly number[]): Cost {
  const sorted = rounds.toSorted((a, b) => a - b);
  return { name, best: sorted[0] ?? Number.NaN, median: sorted[sorted.length >> 1] ?? Number.NaN };
}

/**
 * Microseconds of processor time that work takes for each of its operations, all threads of this process together: waiting costs
 * nothing, garbage collection and helper threads count.
 */
export async function processorMicros(operations: number, work: () => unknown): Promise<number> {
  globalThis.gc?.();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / operations;
}

/** As {@link processorMicros} on the wall clock: for work that waits for a database, where throughput is the question. */
export async function elapsedMicros(operations: number, work: () => unknown): Promise<number> {
  globalThis.gc?.();
  const before = performance.now();
  await work();
  return ((performance.now() - before) * 1_000) / operations;
}

const COLUMNS = ['best us', 'median us', 'best ratio', 'median ratio', 'budget'];

/** What an operation is worth, for a column of what a second gives. */
export interface Rate {
  readonly unit: string;
  readonly perOperation: number;
}

/** Prints costs with their ratios to the first, which is the measure of the others. Over budget, the process ends with an error. */
export function printCosts(title: string, costs: readonly Cost[], rate?: Rate): void {
  const [measure] = costs;
  if (measure === undefined) return;
  console.log(`${title}\n`);
  console.log(row('', [...COLUMNS, ...(rate ? [rate.unit] : [])]));
  for (const { name, best, median, budget } of costs) {
    const ratio = best / measure.best;
    const columns = [best, median, ratio, median / measure.median].map(figure);
    columns.push(budget === undefined ? '' : figure(budget));
    if (rate) columns.push(figure((rate.perOperation / best) * 1_000_000));
    console.log(row(name, columns));
    if (budget !== undefined && ratio > budget) reportOverBudget(name);
  }
  console.log('');
}

function reportOverBudget(name: string): void {
  console.log(`  OVER BUDGET: ${name}`);
  process.exitCode = 1;
}

/** Three significant digits; whole numbers above. */
export function figure(value: number): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return value.toFixed(digits);
}

function row(name: string, columns: readonly string[]): string {
  return `  ${name.padEnd(46)}${columns.map((column) => column.padStart(13)).join('')}`;
}
