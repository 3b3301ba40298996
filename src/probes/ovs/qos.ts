/** How a port's traffic is shaped: its QoS and the queues of it (ovs-vswitchd.conf.db(5), QoS and Queue). */
import type { Metadata } from '../../graph/element.ts';
import type { Tables } from '../../ovsdb/tables.ts';
import { known } from './said.ts';

export function describeQos(uuid: string | undefined, tables: Tables): Metadata | undefined {
  const row = uuid === undefined ? undefined : tables.row('QoS', uuid);
  if (!row) return undefined;
  const queues = [...row.map('queues')]
    .map(([id, queueUuid]) => ({ id: Number(id), queue: tables.row('Queue', String(queueUuid)) }))
    .sort((a, b) => a.id - b.id)
    .map(({ id, queue }) => known({ ID: id, DSCP: queue?.number('dscp'), OtherConfig: queue?.object('other_config') }));
  return known({
    UUID: row.uuid,
    Type: row.text('type'),
    OtherConfig: row.object('other_config'),
    Queues: queues.length > 0 ? queues : undefined,
  });
}
