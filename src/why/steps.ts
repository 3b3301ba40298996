/** Versions of elements as the steps between them: what was added, changed and removed in a span of time. */
import type { Element } from '../graph/element.ts';
import { equal } from '../graph/value.ts';
import type { Span } from '../graph/view.ts';

export interface Step {
  /** Epoch ms. */
  readonly time: number;
  /** Undefined when added. */
  readonly before: Element | undefined;
  /** Undefined when removed. */
  readonly after: Element | undefined;
}

/** Of (from, to], oldest first; of one moment nodes come before edges where they begin, and after them where they end. */
export function stepsOf(versions: Iterable<Element>, { from, to }: Span): Step[] {
  const steps: Step[] = [];
  const isIn = (time: number) => time > from && time <= to;
  for (const own of livesOf(versions)) {
    own.forEach((version, at) => {
      const before = own[at - 1];
      const isFirst = version.updatedAt === version.createdAt;
      // What was before is missing where the span begins with this version: then it is known since its birth only.
      if (isIn(version.updatedAt) && (before !== undefined || isFirst)) {
        if (before === undefined || !isSame(before, version))
          steps.push({ time: version.updatedAt, before, after: version });
      }
    });
    const last = own.at(-1);
    if (last?.deletedAt !== undefined && isIn(last.deletedAt) && (last.validTo ?? last.deletedAt) >= last.deletedAt)
      steps.push({ time: last.deletedAt, before: last, after: undefined });
  }
  return steps.sort((a, b) => a.time - b.time || order(a) - order(b));
}

/** Versions of one life each, oldest first. */
function livesOf(versions: Iterable<Element>): Iterable<Element[]> {
  const lives = new Map<string, Element[]>();
  for (const version of versions) {
    const key = `${version.kind} ${version.id} ${version.createdAt}`;
    const own = lives.get(key);
    if (own === undefined) lives.set(key, [version]);
    else own.push(version);
  }
  for (const own of lives.values()) own.sort((a, b) => a.updatedAt - b.updatedAt || a.revision - b.revision);
  return lives.values();
}

function isSame(a: Element, b: Element): boolean {
  return equal(a.metadata, b.metadata);
}

/** What ends at a moment does so before what begins: an id may end and begin again at once. */
function order({ before, after }: Step): number {
  if (after === undefined) return before?.kind === 'edge' ? 0 : 1;
  return after.kind === 'node' ? 2 : 3;
}
