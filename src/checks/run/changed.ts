/** `changed`: what is different between two moments, of all or of what a query gives. */
import type { Element, GraphNode } from '../../graph/element.ts';
import { shifted } from '../../graph/shifted.ts';
import type { Difference } from '../../graph/view.ts';
import { mistake } from '../../std/mistake.ts';
import type { ChangedCheck, Check } from '../suite/suite.ts';
import type { Attempt } from './attempt.ts';
import { changesOf } from './changes.ts';
import type { Run } from './run.ts';
import { codeOfRange, rangeText } from './value.ts';

const KINDS = { added: 'added', removed: 'removed', updated: 'changed' } as const;

export async function tryChanged(check: Check & ChangedCheck, run: Run, signal: AbortSignal): Promise<Attempt> {
  const { moments, world } = run;
  const span = { from: moments.resolve(check.from), to: Math.min(moments.resolve(check.to), world.clock.now()) };
  if (span.from > span.to)
    throw mistake('query.time', `${check.from} is after ${check.to}`, 'the earlier time comes first');
  const ids = check.query === undefined ? undefined : await idsOf(check.query, span, run, signal);
  const all = await world.timeline.diff(span);
  const differences = all.filter(
    (one) => !isOwn(one) && (ids === undefined || ids.has(((one.after ?? one.before) as Element).id)),
  );
  const count = (kind: Difference['kind']) => differences.filter((one) => one.kind === kind).length;
  const counts = { added: count('added'), removed: count('removed'), updated: count('changed') };
  const wrong = (['added', 'removed', 'updated'] as const).filter((name) => {
    const range = check.expect[name];
    return range !== undefined && codeOfRange(counts[name], range) !== undefined;
  });
  const expected = (['added', 'removed', 'updated'] as const)
    .flatMap((name) => (check.expect[name] === undefined ? [] : `${name} ${rangeText(check.expect[name])}`))
    .join(', ');
  const [first] = wrong;
  const examples = first === undefined ? [] : differences.filter(({ kind }) => kind === KINDS[first]).slice(0, 3);
  return {
    isAsExpected: first === undefined,
    code: first === undefined ? 'DELIVERED' : 'CHANGED',
    expected,
    got: `added ${counts.added}, removed ${counts.removed}, updated ${counts.updated}`,
    gotValue: counts,
    reason: first && `${counts[first]} ${first}: ${examples.map(nameOfDifference).join(', ')}`,
    evidence: async () => {
      const atlas = await moments.now().atlas(signal);
      const found = await changesOf({ all: differences, told: new Map() }, atlas, run.breath);
      return { evidence: { changes: { ...span, ...found } } };
    },
  };
}

/** What Skein says of its own captures and packets is no change of the network. */
function isOwn({ kind, keys }: Difference): boolean {
  return kind === 'changed' && keys.every(({ key }) => key === 'Captures' || key === 'PacketInjections');
}

/** What the query gives at either moment. */
async function idsOf(query: string, span: { from: number; to: number }, run: Run, signal: AbortSignal) {
  const { timeline, ask, clock } = run.world;
  const ids = new Set<string>();
  for (const time of [span.from, span.to]) {
    const view = time >= clock.now() ? timeline.now() : await timeline.at(time);
    const answer = await ask(query, shifted(timeline, view), signal);
    if (answer.kind === 'nodes') for (const { id } of answer.nodes) ids.add(id);
    else if (answer.kind === 'edges') for (const { id } of answer.edges) ids.add(id);
    else
      throw mistake('check.query', `the query gives ${answer.kind}, and what has changed is nodes or edges: ${query}`);
  }
  return ids;
}

function nameOfDifference({ before, after }: Difference): string {
  const element = (after ?? before) as GraphNode;
  return String(element.metadata.Name ?? element.metadata.RelationType ?? element.id);
}
