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
  const depths = depthsOf(steps);
  // Who owns comes before what it owns, and goes after it: so what a thing does is told of the thing, and not of its owner.
  const depth = (step: Step) => (depths.get(step) ?? 0) * (step.after === undefined ? -1 : 1);
  return steps.sort((a, b) => a.time - b.time || order(a) - order(b) || depth(a) - depth(b));
}

/** Ownerships that begin or end at one moment: how many of them are above each. */
function depthsOf(steps: readonly Step[]): Map<Step, number> {
  const above = new Map<string, string>();
  const owning: { readonly step: Step; readonly parent: string }[] = [];
  for (const step of steps) {
    if (step.before !== undefined && step.after !== undefined) continue;
    const edge = step.after ?? step.before;
    if (edge?.kind !== 'edge' || edge.metadata.RelationType !== 'ownership') continue;
    above.set(`${step.time} ${edge.child}`, edge.parent);
    owning.push({ step, parent: edge.parent });
  }
  const depths = new Map<Step, number>();
  for (const { step, parent } of owning) {
    let depth = 0;
    for (let at: string | undefined = parent; at !== undefined && depth < DEPTH_MAX; depth++)
      at = above.get(`${step.time} ${at}`);
    depths.set(step, depth);
  }
  return depths;
}

/** A host owns a namespace owns a chain owns a rule. */
const DEPTH_MAX = 8;

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
