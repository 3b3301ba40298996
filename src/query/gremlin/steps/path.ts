import { mistake } from '../../../std/mistake.ts';
import type { Builder } from '../compile/builder.ts';
import type { StepCall } from '../compile/calls.ts';
import { mapping } from '../forms/waiting.ts';
import type { Run } from '../run/run.ts';
import { alone, type Trail, type Traverser } from '../run/traverser.ts';
import { defineTraversalStep, NOTHING } from '../step.ts';
import { type GValue, Path } from '../value/value.ts';

export const path = defineTraversalStep({
  name: 'path',
  doc: 'The way each came, with what `by` reads of each place.',
  args: '',
  count: [0, 0],
  modulators: ['by', 'from', 'to'],
  tracking: 'all',
  example: { query: "g.V(1).out('knows').path().by('name')", gives: ['path[marko, vadas]', 'path[marko, josh]'] },
  build(call, builder) {
    const { from, to } = endsOf(call, builder);
    const bys = builder.bys(call);
    if (bys.every(({ isIdentity }) => isIdentity))
      return { kind: 'map', map: ({ trail }) => (trail === undefined ? NOTHING : part(pathOf(trail), from, to)) };
    const fresh = alone(builder.tracking);
    const value = function* ({ trail }: Traverser, run: Run) {
      if (trail === undefined) return NOTHING;
      const { objects, labels } = part(pathOf(trail), from, to);
      const read: GValue[] = [];
      for (const [at, object] of objects.entries()) {
        const by = bys[at % bys.length];
        const made = by === undefined || by.isIdentity ? object : yield* by.value(fresh(object), run);
        if (made === NOTHING) return NOTHING;
        read.push(made);
      }
      return new Path(read, labels);
    };
    const isDirect = bys.every(({ direct }) => direct !== undefined);
    return mapping({ isDirect, mark: builder.mark }, value);
  },
});

/** The names of `from` and `to`, for steps that look at a part of the way. */
export function endsOf(call: StepCall, builder: Builder): { from: string | undefined; to: string | undefined } {
  const nameOf = (name: 'from' | 'to') => {
    const modulation = call.modulations.findLast((one) => one.name === name);
    return modulation && builder.strings(call, modulation.args)[0];
  };
  return { from: nameOf('from'), to: nameOf('to') };
}

export function pathOf(trail: Trail): Path {
  const objects: GValue[] = new Array(trail.length);
  const labels: (readonly string[])[] = new Array(trail.length);
  for (let at: Trail | undefined = trail; at !== undefined; at = at.before) {
    objects[at.length - 1] = at.value;
    labels[at.length - 1] = at.labels;
  }
  return new Path(objects, labels);
}

/** From the last place of a name to the last place of another, both included. */
export function part(path: Path, from: string | undefined, to: string | undefined): Path {
  if (from === undefined && to === undefined) return path;
  const { objects, labels } = path;
  const first = from === undefined ? 0 : lastOf(labels, from, 'from');
  const last = to === undefined ? objects.length - 1 : lastOf(labels, to, 'to');
  if (first > last) throw mistake('gremlin.path', `Could not isolate path because from comes after to: ${from}->${to}`);
  return new Path(objects.slice(first, last + 1), labels.slice(first, last + 1));
}

function lastOf(labels: Path['labels'], name: string, which: 'from' | 'to'): number {
  const at = labels.findLastIndex((names) => names.includes(name));
  if (at < 0) throw mistake('gremlin.path', `Could not locate ${which}-label: ${name}`);
  return at;
}
