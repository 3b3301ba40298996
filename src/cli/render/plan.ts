/** How the server runs a query, or ran it: one line for each stage, and what the source of the first looks at. */
import { cellText, type Grid } from './grid.ts';
import { drawTable } from './table.ts';

/** What `--explain` and `--profile` answer, as far as it is drawn. */
interface Plan {
  readonly stages: readonly Stage[];
  /** Only of a profile. */
  readonly totalUs?: number;
}

interface Stage {
  readonly steps: string;
  readonly gives: string;
  readonly source?: {
    readonly by: string;
    readonly key?: string;
    readonly filters?: readonly string[];
    readonly estimate: number;
  };
  readonly flows?: {
    readonly filters: readonly string[];
    readonly sort?: string;
    readonly skip: number;
    readonly limit?: number;
    readonly counts: boolean;
  };
  readonly itemsIn?: number;
  readonly itemsOut?: number;
  readonly us?: number;
}

export function drawPlan(value: unknown, width: number | undefined): string {
  if (!isPlan(value)) return `${JSON.stringify(value, null, 2)}\n`;
  const table = drawTable(gridOf(value.stages), { hasHeaders: true, width });
  return value.totalUs === undefined ? table : `${table}${drawMicroseconds(value.totalUs)} in all\n`;
}

function gridOf(stages: readonly Stage[]): Grid {
  return {
    columns: [
      { title: 'STEPS' },
      { title: 'GIVES' },
      { title: 'LOOKS AT', isOptional: true },
      { title: 'IN', isOptional: true },
      { title: 'OUT', isOptional: true },
      { title: 'TIME', isOptional: true },
    ],
    rows: stages.map(({ steps, gives, source, flows, itemsIn, itemsOut, us }) => [
      steps,
      gives,
      (source && sourceText(source)) ?? (flows && flowsText(flows)),
      itemsIn,
      itemsOut,
      us === undefined ? undefined : drawMicroseconds(us),
    ]),
  };
}

function sourceText({ by, key, filters = [], estimate }: NonNullable<Stage['source']>): string {
  const how = by === 'index' ? `${estimate} by the index of ${key}` : `all ${estimate}`;
  return filters.length > 0 ? `${how}, checking ${filters.join(', ')}` : how;
}

function flowsText({ filters, sort, skip, limit, counts }: NonNullable<Stage['flows']>): string {
  const parts = [counts ? 'the number of flows' : 'flows'];
  if (filters.length > 0) parts.push(`with ${filters.join(', ')}`);
  if (sort !== undefined) parts.push(`in order of ${sort}`);
  if (limit !== undefined) parts.push(skip > 0 ? `${limit} after ${skip}` : `the first ${limit}`);
  else if (skip > 0) parts.push(`after ${skip}`);
  return parts.join(', ');
}

function drawMicroseconds(us: number): string {
  return us < 1000 ? `${us} µs` : `${cellText((us / 1000).toFixed(1))} ms`;
}

function isPlan(value: unknown): value is Plan {
  return typeof value === 'object' && value !== null && 'stages' in value && Array.isArray(value.stages);
}
