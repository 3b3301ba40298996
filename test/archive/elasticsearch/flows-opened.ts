/** An archive of flows of its own on a server that others use too; all that it made is removed again. */
import { randomUUID } from 'node:crypto';
import { BulkWriter } from '../../../src/archive/elasticsearch/bulk.ts';
import { Elastic } from '../../../src/archive/elasticsearch/client.ts';
import { type ElasticFlows, openElasticFlows } from '../../../src/archive/elasticsearch/flows/archive.ts';
import { serverOf } from '../../../src/archive/elasticsearch/server.ts';
import { indexName, makeTemplates, REJECTED } from '../../../src/archive/elasticsearch/templates.ts';
import { type FlowKeeping, flowDefaults } from '../../../src/archive/flow-keeping.ts';
import { type Clock, systemClock } from '../../../src/std/clock.ts';
import { EXPIRE_MS } from '../flows/contract.ts';

export interface OpenedFlows extends AsyncDisposable {
  readonly flows: ElasticFlows;
  readonly elastic: Elastic;
  readonly prefix: string;
}

export async function openFlows(
  url: string,
  {
    prefix = `test-${randomUUID().slice(0, 8)}-`,
    keeping = {},
    clock = systemClock,
  }: { readonly prefix?: string; readonly keeping?: Partial<FlowKeeping>; readonly clock?: Clock } = {},
): Promise<OpenedFlows> {
  const elastic = new Elastic({ urls: [url] });
  const server = await serverOf(elastic);
  const size = { shards: 1, replicas: 0 };
  await makeTemplates(elastic, { prefix, ...size, templates: [REJECTED] });
  const bulk = new BulkWriter({
    elastic,
    rejectedIndex: indexName(prefix, REJECTED.name),
    clock: systemClock,
    random: Math.random,
  });
  const flows = await openElasticFlows({
    elastic,
    server,
    bulk,
    clock,
    prefix,
    ...size,
    sliceBytes: 2 ** 30,
    sliceMs: 86_400_000,
    keeping: { ...flowDefaults, expireMs: EXPIRE_MS, ...keeping },
  });
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

export async function removeAll(elastic: Elastic, prefix: string): Promise<void> {
  const indices = await elastic.request<object>({ method: 'GET', path: `/${prefix}*/_alias`, fine: [404] });
  const names = Object.keys(indices ?? {});
  if (names.length > 0) await elastic.request({ method: 'DELETE', path: `/${names.join()}`, fine: [404] });
  await elastic.request({ method: 'DELETE', path: `/_index_template/${prefix}*`, fine: [404] });
}
