/** An archive of flows of its own on a server that others use too; all that it made is removed again. */
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { Elastic } from '../../../src/archive/elasticsearch/client.ts';
import { ElasticFlows } from '../../../src/archive/elasticsearch/flows/archive.ts';
import { Ground } from '../../../src/archive/elasticsearch/ground.ts';
import { type FlowKeeping, flowDefaults } from '../../../src/archive/flow-keeping.ts';
import { type Clock, systemClock } from '../../../src/std/clock.ts';
import { EXPIRE_MS } from '../flows/contract.ts';
import { esServer, type ServerKind } from './servers.ts';

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
    isOwn = true,
  }: {
    readonly prefix?: string;
    readonly isOwn?: boolean;
    readonly keeping?: Partial<FlowKeeping>;
    readonly clock?: Clock;
  } = {},
): OpenedFlows {
  const ground = new Ground({ urls: [url], prefix, clock });
  const { elastic } = ground;
  const flows = new ElasticFlows(ground, { ...flowDefaults, expireMs: EXPIRE_MS, ...keeping });
  return {
    flows,
    elastic,
    prefix,
    async [Symbol.asyncDispose]() {
      if (isOwn) await removeAll(elastic, prefix);
      await elastic.close();
    },
  };
}

/**
 * Making indices takes a server longer than what the tests ask of them: these are made once, and emptied for each that
 * opens them. `remove` at the end.
 */
export function emptied(kind: ServerKind): { open: () => Promise<OpenedFlows>; remove: () => Promise<void> } {
  let made: Promise<{ readonly url: string; readonly first: OpenedFlows }> | undefined;
  const make = async () => {
    const { url } = await esServer(kind);
    const first = openFlows(url);
    await first.flows.health();
    await letForget(first.elastic, first.prefix);
    return { url, first };
  };
  return {
    async open() {
      made ??= make();
      const { url, first } = await made;
      await empty(first.elastic, first.prefix);
      return openFlows(url, { prefix: first.prefix, isOwn: false });
    },
    remove: async () => (await made)?.first[Symbol.asyncDispose](),
  };
}

/** What was deleted with a version is forgotten at once, so that the next can begin with a lower one. */
export async function letForget(elastic: Elastic, prefix: string): Promise<void> {
  await elastic.request({ method: 'PUT', path: `/${prefix}*/_settings`, body: { index: { gc_deletes: '0s' } } });
}

/** The server's clock for that ticks every 200 ms (thread_pool.estimated_time_interval), and each refresh looks at it. */
const TICK_MS = 250;

export async function empty(elastic: Elastic, prefix: string): Promise<void> {
  await elastic.request({ method: 'POST', path: `/${prefix}*/_refresh` });
  const { deleted } = await elastic.request<{ deleted: number }>({
    method: 'POST',
    path: `/${prefix}*/_delete_by_query`,
    query: { refresh: true, conflicts: 'proceed' },
    body: { query: { match_all: {} } },
  });
  if (deleted === 0) return;
  await setTimeout(TICK_MS);
  await elastic.request({ method: 'POST', path: `/${prefix}*/_refresh` });
}

export async function removeAll(elastic: Elastic, prefix: string): Promise<void> {
  const indices = await elastic.request<object>({ method: 'GET', path: `/${prefix}*/_alias`, fine: [404] });
  const names = Object.keys(indices ?? {});
  if (names.length > 0) await elastic.request({ method: 'DELETE', path: `/${names.join()}`, fine: [404] });
  await elastic.request({ method: 'DELETE', path: `/_index_template/${prefix}*`, fine: [404] });
}
