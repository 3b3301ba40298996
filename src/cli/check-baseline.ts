/** An earlier run (`--json FILE`): what failed then is known, and what was ok says since when changes count. */
import { readFileSync } from 'node:fs';
import { titleOf } from '../checks/report/report.ts';
import type { CheckResult } from '../checks/result.ts';
import { usageFailure } from './failure.ts';

export interface Baseline {
  readonly isKnown: (result: CheckResult) => boolean;
  /** By id: epoch ms. */
  readonly lastGreen: ReadonlyMap<string, number>;
}

export function readBaseline(file: string | undefined): Baseline {
  if (file === undefined) return { isKnown: () => false, lastGreen: new Map() };
  const results = resultsIn(file);
  const failed = new Set(results.filter(({ status }) => status === 'failed').map(titleOf));
  const lastGreen = new Map<string, number>();
  for (const { id, status, startedAt, evidence } of results) {
    const at = status === 'ok' ? startedAt : evidence?.changes?.lastGreenAt;
    if (typeof at === 'number' && at >= (lastGreen.get(id) ?? 0)) lastGreen.set(id, at);
  }
  return { isKnown: (result) => result.status === 'failed' && failed.has(titleOf(result)), lastGreen };
}

function resultsIn(file: string): readonly CheckResult[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw usageFailure(`cannot read the baseline: ${(error as Error).message}`, 'skein check … --json FILE writes one');
  }
  try {
    const { schema, kind, results } = JSON.parse(text);
    if (schema === 'skein/v1' && kind === 'checks' && Array.isArray(results)) return results;
  } catch {
    // Told below, as anything else that is none.
  }
  throw usageFailure(`${file} is no report of checks`, 'skein check … --json FILE writes one');
}
