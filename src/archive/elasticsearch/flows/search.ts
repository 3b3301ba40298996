/** Flows of the past, a page at a time; what the server cannot tell is told here. */
import type { Flow } from '../../../flow/flow.ts';
import type { FlowQuery, Span } from '../../../flow/view.ts';
import { mistake } from '../../../std/mistake.ts';
import { FirstFlows, flowOrder, inBatches, meets } from '../../flow-query.ts';
import type { Elastic } from '../client.ts';
import { counted } from '../counted.ts';
import { type Hit, pages, type Search } from '../pages.ts';
import type { Server } from '../server.ts';
import { flowOf } from './document.ts';
import { sortOf } from './order.ts';
import { overlapping, pushable } from './pushed.ts';

/** Flows in one answer of the server, about 1.5 kB each. */
const PAGE_FLOWS = 1_000;

/** Flows that are sorted in memory when they are asked for in an order that the server has not, about 2 kB each. */
const SORTED_MAX = 100_000;

export class FlowSearch {
  readonly #elastic: Elastic;
  readonly #server: Server;
  readonly #index: string;

  constructor(elastic: Elastic, server: Server, index: string) {
    this.#elastic = elastic;
    this.#server = server;
    this.#index = index;
  }

  async *find(query: FlowQuery, window: Span): AsyncGenerator<readonly Flow[]> {
    const { limit = Number.POSITIVE_INFINITY, skip = 0 } = query;
    const { filter, rest } = pushable(query.where);
    const order = sortOf(query.sort);
    if (!order) {
      yield* inBatches((await this.#sorted(query, window)).slice(skip));
      return;
    }
    const countMax = rest.length > 0 ? Number.POSITIVE_INFINITY : skip + limit;
    let [toSkip, left] = [skip, limit];
    if (left <= 0) return;
    for await (const page of this.#pages([...overlapping(window), ...filter], order, countMax)) {
      const found = rest.length > 0 ? page.filter((flow) => meets(flow, rest)) : page;
      const taken = found.slice(toSkip, toSkip + left);
      toSkip = Math.max(0, toSkip - found.length);
      left -= taken.length;
      yield* inBatches(taken);
      if (left <= 0) return;
    }
  }

  async count({ where, limit = Number.POSITIVE_INFINITY, skip = 0 }: FlowQuery, window: Span): Promise<number> {
    const { filter, rest } = pushable(where);
    const all = [...overlapping(window), ...filter];
    let count = 0;
    if (rest.length === 0) count = await counted(this.#elastic, this.#index, { bool: { filter: all } });
    else
      for await (const page of this.#pages(all, sortOf(undefined) ?? [], Number.POSITIVE_INFINITY))
        for (const flow of page) if (meets(flow, rest)) count++;
    return Math.max(0, Math.min(limit, count - skip));
  }

  /** In an order that the server has not: all that there is, as far as it fits. */
  async #sorted({ where, sort, limit = Number.POSITIVE_INFINITY, skip = 0 }: FlowQuery, window: Span): Promise<Flow[]> {
    const { filter, rest } = pushable(where);
    const first = new FirstFlows(flowOrder(sort), skip + limit);
    const order = sortOf(undefined) ?? [];
    for await (const page of this.#pages([...overlapping(window), ...filter], order, Number.POSITIVE_INFINITY))
      for (const flow of page) {
        if (meets(flow, rest)) first.put(flow);
        if (first.size > SORTED_MAX)
          throw mistake(
            'archive.answer-too-long',
            `more than ${SORTED_MAX.toLocaleString('en')} flows would have to be sorted by ${sort?.field}`,
            'ask for a shorter time, for fewer with Limit, or sort by Start or Last',
          );
      }
    return first.inOrder();
  }

  async *#pages(filter: readonly object[], sort: readonly object[], countMax: number): AsyncGenerator<Flow[]> {
    const search: Search = {
      index: this.#index,
      query: { bool: { filter } },
      sort,
      page: PAGE_FLOWS,
      limit: countMax,
    };
    for await (const hits of pages<FlowSource>(this.#elastic, this.#server, search)) yield hits.map(flowOfHit);
  }
}

type FlowSource = Readonly<Record<string, unknown>>;

function flowOfHit({ _source }: Hit<FlowSource>): Flow {
  return flowOf(_source);
}
