/** What an agent answers about its live flows. */
import type { FlowView, Span } from '../../flow/view.ts';
import type { Answers } from './fleet.ts';
import { type FlowQuestion, queryOf } from './flow-question.ts';

/** Lists by UUID in one part of an answer. */
const AT_ONCE = 256;

export function flowAnswers(table: FlowView): Answers {
  return {
    async *'flows.find'(body, signal) {
      for await (const flows of table.find(queryOf(body as FlowQuestion))) {
        if (signal.aborted) return;
        if (flows.length > 0) yield { flows };
      }
    },
    async *'flows.count'(body) {
      yield { body: await table.count(queryOf(body as FlowQuestion)) };
    },
    async *'flows.metrics'(body, signal) {
      const { uuids, span } = body as OfFlows;
      yield* inParts([...(await table.metrics(uuids, span))], signal);
    },
    async *'flows.packets'(body, signal) {
      const { uuids, span } = body as OfFlows;
      for (const [uuid, packets] of await table.rawPackets(uuids, span))
        for (const { data, ...said } of packets) {
          if (signal.aborted) return;
          yield { body: { uuid, ...said }, bytes: data };
        }
    },
    async *'flows.loss'(body) {
      yield { body: await table.loss((body as { span?: Span }).span) };
    },
  };
}

export interface OfFlows {
  readonly uuids: readonly string[];
  readonly span?: Span | undefined;
}

function* inParts(lists: readonly [string, readonly unknown[]][], signal: AbortSignal) {
  const told = lists.filter(([, list]) => list.length > 0);
  for (let at = 0; at < told.length && !signal.aborted; at += AT_ONCE) yield { body: told.slice(at, at + AT_ONCE) };
}
