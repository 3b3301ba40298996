/** `query`: what a traversal gives, now, at a moment or over a span. */
import { shifted } from '../../graph/shifted.ts';
import type { Answer } from '../../query/answer.ts';
import { nameOf } from '../../query/forwarding/atlas.ts';
import type { Check, Json, QueryCheck } from '../suite/suite.ts';
import type { Attempt } from './attempt.ts';
import { changesSince } from './near.ts';
import type { Run } from './run.ts';
import { judgeValue } from './value.ts';

export async function tryQuery(check: Check & QueryCheck, run: Run, signal: AbortSignal): Promise<Attempt> {
  const { world, moments } = run;
  const { timeline } = world;
  const span = moments.spanOf(check.when);
  const view =
    span === undefined ? undefined : await (span.from === span.to ? timeline.at(span.from) : timeline.between(span));
  const answer = await world.ask(check.query, view === undefined ? timeline : shifted(timeline, view), signal);
  const value = valueIn(answer);
  return {
    ...judgeValue(value, check.expect),
    gotValue: bounded(value),
    // What a query of the past gives does not change any more.
    evidence: async (late) => {
      const changes = span === undefined ? await changesSince(idsIn(answer), check, run, late) : {};
      return { evidence: { ...changes, queries: [check.query] } };
    },
  };
}

function idsIn(answer: Answer): ReadonlySet<string> {
  if (answer.kind === 'nodes') return new Set(answer.nodes.map(({ id }) => id));
  return new Set(answer.kind === 'edges' ? answer.edges.map(({ id }) => id) : []);
}

/** Of elements their names: what a suite can say of them without knowing their ids. */
export function valueIn(answer: Answer): Json {
  switch (answer.kind) {
    case 'graph':
    case 'nodes':
      return answer.nodes.map(nameOf);
    case 'edges':
      return answer.edges.map(({ id }) => id);
    case 'paths':
      return answer.paths.map((path) => path.map(nameOf));
    case 'values':
      return answer.values as Json;
    case 'value':
      return answer.value as Json;
    case 'maps':
      return answer.maps as Json;
    case 'flows':
      return answer.flows.map(({ UUID }) => UUID);
    case 'differences':
      return answer.differences.flatMap(({ before, after }) => (after ?? before)?.id ?? []);
    case 'history':
      return answer.elements.map(({ id }) => id);
    case 'metric':
      return answer.sample === undefined ? null : { ...answer.sample.counters };
    case 'metrics':
      return [...answer.groups].map(([id, samples]) => ({
        id,
        samples: samples.map(({ counters }) => ({ ...counters })),
      }));
    case 'nexthops':
      return JSON.parse(JSON.stringify(answer.hops)) as Json;
    case 'sockets':
      return JSON.parse(JSON.stringify(answer.sockets)) as Json;
    case 'flowgroups':
      return answer.flowGroups.map((group) => JSON.parse(JSON.stringify(group)) as Json);
    case 'packets':
      return answer.packets.length;
    case 'plan':
    case 'profile':
      return JSON.parse(JSON.stringify(answer.kind === 'plan' ? answer.plan : answer.profile)) as Json;
  }
}

/** Values that go into a result. */
const VALUES_MAX = 100;

function bounded(value: Json): Json {
  return Array.isArray(value) ? value.slice(0, VALUES_MAX) : value;
}
