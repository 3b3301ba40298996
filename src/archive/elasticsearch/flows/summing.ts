/**
 * Points as they grow old: a slice of them becomes an index of sums, one for each minute, five minutes, hour. Which of the
 * two is asked is one change at the server (an alias): never both, never neither. For one at a time to run.
 */
import type { FlowAges } from '../../flow-keeping.ts';
import { levels, together } from '../../flow-levels.ts';
import type { BulkItem } from '../bulk.ts';
import { pages } from '../pages.ts';
import { makeIndex } from '../templates.ts';
import { type Access, metricOf, type PointSource, pointOrder } from './points.ts';

/** Sums written at once. */
const WRITTEN = 4_000;

/** Indices of so much time become one of the next level. */
const PERIOD_MS = [0, 24 * 3_600_000, 7 * 24 * 3_600_000] as const;

export interface SummingAccess extends Access {
  readonly write: (items: readonly BulkItem[]) => Promise<unknown>;
}

/** Sums up what is due. Gives how many indices have gone. */
export async function sumUp(access: SummingAccess, ages: FlowAges, now: number): Promise<number> {
  const { places } = access;
  let gone = 0;
  await places.points.read();
  for (const [i, { index, start }] of places.points.list.entries()) {
    const end = places.points.list[i + 1]?.start;
    if (end === undefined || end > now - ages.pointsMs) break;
    await sumInto(access, 0, [{ index, from: start, to: end }]);
    gone++;
  }
  await places.points.read();
  const levelAges = [ages.points1mMs, ages.points5mMs, ages.points1hMs];
  for (const [level, ageMs] of levelAges.entries()) {
    const due = (await sumsOf(access, level)).filter(({ to }) => to <= now - ageMs);
    if (level === levels.length - 1) for (const { index } of due) await remove(access, index);
    else for (const some of inPeriods(due, PERIOD_MS[level + 1] ?? 0)) await sumInto(access, level + 1, some);
    gone += due.length;
  }
  return gone;
}

interface Stretch {
  readonly index: string;
  /** Half open, epoch ms. */
  readonly from: number;
  readonly to: number;
}

async function sumInto(access: SummingAccess, level: number, sources: readonly Stretch[]): Promise<void> {
  const { elastic, places } = access;
  const [first, last] = [sources[0], sources.at(-1)];
  if (!first || !last) return;
  const names = sources.map(({ index }) => index);
  // What is told late of this time goes into what there is then.
  await elastic.request({ method: 'PUT', path: `/${names.join()}/_settings`, body: { 'index.blocks.write': true } });
  await elastic.request({ method: 'POST', path: `/${names.join()}/_refresh` });
  const target = `${places.sums}-${levels[level]?.name}-${first.from}-${last.to}-${await stampOf(access, first.index)}`;
  // What a pass before has left that did not come to its end.
  await remove(access, target);
  await makeIndex(elastic, target);
  let words: BulkItem[] = [];
  for await (const word of sumsIn(access, names, target, levels[level]?.slotMs ?? 60_000)) {
    words.push(word);
    if (words.length < WRITTEN) continue;
    await access.write(words);
    words = [];
  }
  await access.write(words);
  await elastic.request({ method: 'POST', path: `/${target}/_refresh` });
  const actions = [
    { add: { index: target, alias: places.allPoints } },
    ...names.map((index) => ({ remove_index: { index } })),
  ];
  await elastic.request({ method: 'POST', path: '/_aliases', body: { actions } });
}

async function* sumsIn(
  { elastic, server }: Access,
  names: readonly string[],
  target: string,
  slotMs: number,
): AsyncGenerator<BulkItem> {
  let sum: PointSource | undefined;
  const wordOf = (source: PointSource): BulkItem => ({
    op: 'index',
    index: target,
    id: `${source.UUID}:${Math.floor(source.Start / slotMs)}`,
    doc: JSON.stringify({ ...source, '@timestamp': source.Last }),
  });
  const search = { index: names.join(), query: { match_all: {} }, sort: pointOrder };
  for await (const hits of pages<PointSource>(elastic, server, search))
    for (const { _source: point } of hits) {
      if (sum && sum.UUID === point.UUID && Math.floor(sum.Start / slotMs) === Math.floor(point.Start / slotMs))
        sum = { ...sum, ...together(metricOf(sum), metricOf(point)) };
      else {
        if (sum) yield wordOf(sum);
        sum = point;
      }
    }
  if (sum) yield wordOf(sum);
}

/** Of one level, those that are asked, from the oldest. What no alias names is what a pass has left unfinished. */
async function sumsOf({ elastic, places }: Access, level: number): Promise<Stretch[]> {
  const named = await elastic.request<Record<string, { aliases?: object }> | undefined>({
    method: 'GET',
    path: `/${places.sums}-${levels[level]?.name}-*/_alias`,
    fine: [404],
  });
  const found: Stretch[] = [];
  for (const [index, { aliases }] of Object.entries(named ?? {})) {
    const [, from, to] = /-(\d+)-(\d+)-\d+$/.exec(index) ?? [];
    if (aliases && places.allPoints in aliases) found.push({ index, from: Number(from), to: Number(to) });
    else await elastic.request({ method: 'DELETE', path: `/${index}`, fine: [404] });
  }
  return found.sort((a, b) => a.from - b.from);
}

/** Runs that are as long as a period each; what is left at the end waits for more. */
function inPeriods(stretches: readonly Stretch[], periodMs: number): Stretch[][] {
  const runs: Stretch[][] = [];
  let run: Stretch[] = [];
  for (const stretch of stretches) {
    run.push(stretch);
    if (stretch.to - (run[0]?.from ?? 0) < periodMs) continue;
    runs.push(run);
    run = [];
  }
  return runs;
}

/** When it was made: one of the same name that is made again later has another. */
async function stampOf({ elastic }: Access, index: string): Promise<string> {
  const settings = await elastic.request<Record<string, Settings>>({ method: 'GET', path: `/${index}/_settings` });
  return settings[index]?.settings?.index?.creation_date ?? '0';
}

interface Settings {
  readonly settings?: { readonly index?: { readonly creation_date?: string } };
}

async function remove({ elastic }: Access, index: string): Promise<void> {
  await elastic.request({ method: 'DELETE', path: `/${index}`, fine: [404] });
}
