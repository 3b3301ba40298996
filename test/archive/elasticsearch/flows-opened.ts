/** An archive of flows of its own on a server that others use too; all that it made is removed again. */
import { randomUUID } from 'node:crypto';
import type { Elastic } from '../../../src/archive/elasticsearch/client.ts';
import { ElasticFlows } from '../../../src/archive/elasticsearch/flows/archive.ts';
import { Ground } from '../../../src/archive/elasticsearch/ground.ts';
import { type FlowKeeping, flowDefaults } from '../../../src/archive/flow-keeping.ts';
import { type Clock, systemClock } from '../../../src/std/clock.ts';
import { EXPIRE_MS } from '../flows/contract.ts';

export interface OpenedFlows extends AsyncDisposable {
  readonly flows: ElasticFlows;
  readonly elastic: Elastic;
  readonly prefix: string;
}

export function openFlows(
  url: string,
  {
    prefix = `test-${randomUUID().slice(0, 8)}-`,
    keeping = {},
    clock = systemClock,
  }: { readonly prefix?: string; readonly keeping?: Partial<FlowKeeping>; readonly clock?: Clock } = {},
): OpenedFlows {
  const ground = new Ground({ urls: [url], prefix, clock });
  const { elastic } = ground;
  const flows = new ElasticFlows(ground, { ...flowDefaults, expireMs: EXPIRE_MS, ...keeping });
  return {
    flows,
    elastic,
    prefix,
    async [Symbol.asyncDispose]() {
      await removeAll(elastic, prefix);
      await elastic.close();
    },
  };
}

/**
 * Making indices takes a server longer than what the tests ask of them: these are made once, and emptied for each that
 * opens them. `remove` at the end.
 */
export function emptied(url: string): { open: () => Promise<OpenedFlows>; remove: () => Promise<void> } {
  const first = openFlows(url);
  const { elastic, prefix } = first;
  let begun: Promise<void> | undefined;
  const begin = async () => {
    await first.flows.health();
    // What was deleted with a version is forgotten at once, so that the next can begin with a lower one.
    await elastic.request({ method: 'PUT', path: `/${prefix}*/_settings`, body: { index: { gc_deletes: '0s' } } });
  };
  return {
    async open() {
      begun ??= begin();
      await begun;
      await elastic.request({
        method: 'POST',
        path: `/${prefix}*/_delete_by_query`,
        query: { refresh: true, conflicts: 'proceed' },
        body: { query: { match_all: {} } },
      });
      const { flows } = openFlows(url, { prefix });
      return { flows, elastic, prefix, async [Symbol.asyncDispose]() {} };
    },
    remove: () => first[Symbol.asyncDispose](),
  };
}

export async function removeAll(elastic: Elastic, prefix: string): Promise<void> {
  const indices = await elastic.request<object>({ method: 'GET', path: `/${prefix}*/_alias`, fine: [404] });
  const names = Object.keys(indices ?? {});
  if (names.length > 0) await elastic.request({ method: 'DELETE', path: `/${names.join()}`, fine: [404] });
  await elastic.request({ method: 'DELETE', path: `/_index_template/${prefix}*`, fine: [404] });
}
