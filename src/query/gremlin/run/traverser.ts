/** What walks through a traversal: a value, how many of it there are, and what it remembers of its way. */
import type { GValue } from '../value/value.ts';

export class Traverser {
  value: GValue;
  bulk: number;
  trail: Trail | undefined;
  sack: GValue | undefined;
  loops: Loops | undefined;

  constructor(value: GValue, bulk: number, trail?: Trail, sack?: GValue, loops?: Loops) {
    this.value = value;
    this.bulk = bulk;
    this.trail = trail;
    this.sack = sack;
    this.loops = loops;
  }

  /** What comes of it when a step makes this value of it. */
  to(value: GValue, mark: Mark): Traverser {
    const trail = mark.isKept ? new Trail(this.trail, value, mark.labels) : this.trail;
    return new Traverser(value, this.bulk, trail, this.sack, this.loops);
  }

  /** The same at the same place, named: `as` after a filter. */
  named(mark: Mark): Traverser {
    return new Traverser(this.value, this.bulk, labelled(this.trail, this.value, mark), this.sack, this.loops);
  }

  /** A copy that counts once, for a child traversal that only asks. */
  single(): Traverser {
    return new Traverser(this.value, 1, this.trail, this.sack, this.loops);
  }

  copy(bulk = this.bulk): Traverser {
    return new Traverser(this.value, bulk, this.trail, this.sack, this.loops);
  }
}

/** How far a traversal has to remember: nothing, what has a name, or each step. */
export type Tracking = 'none' | 'named' | 'all';

/** What a step leaves on the trail of what passes it. */
export interface Mark {
  readonly isKept: boolean;
  readonly labels: readonly string[];
  readonly tracking: Tracking;
}

export function markOf(labels: readonly string[], tracking: Tracking): Mark {
  return { isKept: tracking === 'all' || (tracking === 'named' && labels.length > 0), labels, tracking };
}

/** The way so far, newest first. Shared by all that came the same way. */
export class Trail {
  readonly before: Trail | undefined;
  readonly value: GValue;
  readonly labels: readonly string[];
  readonly length: number;
  /** Whether no value is on it twice; undefined until someone asks. */
  isSimple: boolean | undefined;

  constructor(before: Trail | undefined, value: GValue, labels: readonly string[]) {
    this.before = before;
    this.value = value;
    this.labels = labels;
    this.length = before === undefined ? 1 : before.length + 1;
    this.isSimple = undefined;
  }
}

function labelled(trail: Trail | undefined, value: GValue, { labels, tracking }: Mark): Trail | undefined {
  if (labels.length === 0 || tracking === 'none') return trail;
  // Where each step is kept, the newest place is this value's.
  if (tracking === 'all' && trail !== undefined)
    return new Trail(trail.before, trail.value, [
      ...trail.labels,
      ...labels.filter((label) => !trail.labels.includes(label)),
    ]);
  return new Trail(trail, value, labels);
}

/** How often a traverser went round, in this repeat and in those around it. */
export interface Loops {
  readonly count: number;
  readonly name: string | undefined;
  readonly outer: Loops | undefined;
}

/** Makes traversers that have been nowhere else: what a `by` sees of something that another step found. */
export function alone(tracking: Tracking): (value: GValue) => Traverser {
  const mark = markOf([], tracking);
  return (value) => new Traverser(null, 1).to(value, mark);
}
