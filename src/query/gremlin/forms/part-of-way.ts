/** The way that each came, from one name to another, and what `by` reads of its places: `path`, `simplePath`, `cyclicPath`. */
import { mistake } from '../../../std/mistake.ts';
import type { Builder } from '../compile/builder.ts';
import type { StepCall } from '../compile/calls.ts';
import type { Run } from '../run/run.ts';
import { alone, type Trail } from '../run/traverser.ts';
import { NOTHING, type Nothing } from '../step.ts';
import { type GValue, Path } from '../value/value.ts';

export interface PartOfWay {
  /** No name says where it begins or ends. */
  readonly isWhole: boolean;
  /** `by` reads nothing else than what is there. */
  readonly isIdentity: boolean;
  readonly isDirect: boolean;
  /** As it is, whatever `by` says. */
  of(trail: Trail): Path;
  /** Nothing where `by` reads nothing of one of its places. */
  read(trail: Trail, run: Run): Generator<undefined, Path | Nothing>;
}

export function partOfWay(call: StepCall, builder: Builder): PartOfWay {
  const { from, to } = endsOf(call, builder);
  const bys = builder.bys(call);
  const fresh = alone(builder.tracking);
  const of = (trail: Trail) => part(pathOf(trail), from, to);
  return {
    isWhole: from === undefined && to === undefined,
    isIdentity: bys.every(({ isIdentity }) => isIdentity),
    isDirect: bys.every(({ direct }) => direct !== undefined),
    of,
    *read(trail, run) {
      const { objects, labels } = of(trail);
      const read: GValue[] = [];
      for (const [at, object] of objects.entries()) {
        const by = bys[at % bys.length];
        const value = by === undefined || by.isIdentity ? object : yield* by.value(fresh(object), run);
        if (value === NOTHING) return NOTHING;
        read.push(value);
      }
      return new Path(read, labels);
    },
  };
}

function endsOf(call: StepCall, builder: Builder): { from: string | undefined; to: string | undefined } {
  const nameOf = (name: 'from' | 'to') => {
    const modulation = call.modulations.findLast((one) => one.name === name);
    return modulation && builder.strings(call, modulation.args)[0];
  };
  return { from: nameOf('from'), to: nameOf('to') };
}

function pathOf(trail: Trail): Path {
  const objects: GValue[] = new Array(trail.length);
  const labels: (readonly string[])[] = new Array(trail.length);
  for (let at: Trail | undefined = trail; at !== undefined; at = at.before) {
    objects[at.length - 1] = at.value;
    labels[at.length - 1] = at.labels;
  }
  return new Path(objects, labels);
}

/** From the last place of a name to the last place of another, both included. */
function part(path: Path, from: string | undefined, to: string | undefined): Path {
  if (from === undefined && to === undefined) return path;
  const { objects, labels } = path;
  const first = from === undefined ? 0 : lastOf(labels, from, 'from');
  const last = to === undefined ? objects.length - 1 : lastOf(labels, to, 'to');
  if (first > last) throw mistake('gremlin.path', `Could not isolate path because from comes after to: ${from}->${to}`);
  return new Path(objects.slice(first, last + 1), labels.slice(first, last + 1));
}

function lastOf(labels: Path['labels'], name: string, which: 'from' | 'to'): number {
  const at = labels.findLastIndex((names) => names.includes(name));
  if (at < 0) throw mistake('gremlin.path', `Could not locate path ${which}-label: ${name}`);
  return at;
}
