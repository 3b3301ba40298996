/** What a question about flows means, for all that answer it from a list. */
import { fieldValue } from '../flow/fields.ts';
import type { Flow } from '../flow/flow.ts';
import type { FlowCondition, FlowQuery, FlowValue, Span } from '../flow/view.ts';
import { mistake } from '../std/mistake.ts';
import { Heap } from './heap.ts';

/** Flows handed out at once. */
export const BATCH_FLOWS = 256;

/** Which of Start ≤ to and Last ≥ from is asked for: at an instant what was not over yet, as far as one knew then. */
export function windowOf({ time }: FlowQuery, expireMs: number): Span {
  if (!time)
    throw mistake('archive.needs-a-time', 'flows of the past are asked for by time', "put At('-5m') before it");
  return time.from === time.to ? { from: time.from - expireMs, to: time.to } : time;
}

export function overlaps(
  { Start, Last }: { readonly Start: number; readonly Last: number },
  { from, to }: Span,
): boolean {
  return Start <= to && Last >= from;
}

export function meets(flow: Flow, where: readonly FlowCondition[]): boolean {
  return where.every(({ anyOf }) => anyOf.some(({ field, test }) => test(fieldValue(flow, field))));
}

export type FlowOrder = (a: Flow, b: Flow) => number;

/** Of those with equal values the one with the smaller UUID comes first. */
export function flowOrder(sort: FlowQuery['sort']): FlowOrder {
  const { field, isDescending } = sort ?? { field: 'Start', isDescending: false };
  const sign = isDescending ? -1 : 1;
  const byUuid: FlowOrder = (a, b) => (a.UUID < b.UUID ? -1 : a.UUID > b.UUID ? 1 : 0);
  if (field === 'Start') return (a, b) => sign * (a.Start - b.Start) || byUuid(a, b);
  if (field === 'Last') return (a, b) => sign * (a.Last - b.Last) || byUuid(a, b);
  return (a, b) => sign * compare(fieldValue(a, field), fieldValue(b, field)) || byUuid(a, b);
}

/** The first so many, in order; all of them without a bound. */
export class FirstFlows {
  readonly #worst: Heap<Flow>;
  readonly #order: FlowOrder;
  readonly #countMax: number;

  constructor(order: FlowOrder, countMax = Number.POSITIVE_INFINITY) {
    this.#order = order;
    this.#countMax = countMax;
    this.#worst = new Heap((a, b) => order(b, a));
  }

  get size(): number {
    return this.#worst.size;
  }

  put(flow: Flow): void {
    const { first, size } = this.#worst;
    if (size >= this.#countMax) {
      if (!first || this.#order(flow, first) >= 0) return;
      this.#worst.take();
    }
    this.#worst.put(flow);
  }

  inOrder(): Flow[] {
    return this.#worst.drain().reverse();
  }
}

export function* inBatches(flows: readonly Flow[]): Generator<readonly Flow[]> {
  for (let at = 0; at < flows.length; at += BATCH_FLOWS) yield flows.slice(at, at + BATCH_FLOWS);
}

/** Numbers by size, texts by code units, what is neither by its JSON; what is missing last. */
function compare(a: FlowValue | undefined, b: FlowValue | undefined): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (a === undefined || b === undefined) return (a === undefined ? 1 : 0) - (b === undefined ? 1 : 0);
  const [left, right] = [textOf(a), textOf(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

function textOf(value: FlowValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
