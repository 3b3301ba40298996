/**
 * What of documents of flows can be asked for. Nothing else gets a mapping (`dynamic: false`): layers of applications have
 * whatever names their protocols have, and are kept, but not searched by the server.
 */

/** Longer words are kept, but not found by the server. */
export const TEXT_MAX = 1_024;

const text = { type: 'keyword', ignore_above: TEXT_MAX } as const;
const whole = { type: 'long' } as const;
const date = { type: 'date', format: 'epoch_millis' } as const;
const ip = { type: 'ip', ignore_malformed: true } as const;
const truth = { type: 'boolean' } as const;
const inside = (properties: Properties) => ({ dynamic: false, properties }) as const;

export type Properties = Readonly<Record<string, unknown>>;

/** Fields that conditions and orders are pushed down to, by their canonical names. */
export const searchedFields: ReadonlyMap<string, 'text' | 'number' | 'boolean'> = new Map([
  ...(
    [
      'UUID',
      'ParentUUID',
      'TrackingID',
      'L3TrackingID',
      'L2TrackingID',
      'CommunityID',
      'LayersPath',
      'Application',
      'Link.Protocol',
      'Link.A',
      'Link.B',
      'Network.Protocol',
      'Network.A',
      'Network.B',
      'Transport.Protocol',
      'ICMP.Type',
      'NodeTID',
      'CaptureID',
      'Process.A',
      'Process.B',
      'ContainerID.A',
      'ContainerID.B',
      'Service',
      'NAT.Type',
      'NAT.A',
      'NAT.B',
      'NAT.TrackingID',
      'NAT.Node',
    ] as const
  ).map((name) => [name, 'text'] as const),
  ...(
    [
      'Start',
      'Last',
      'Link.ID',
      'Network.ID',
      'Transport.A',
      'Transport.B',
      'ICMP.ID',
      'Metric.ABPackets',
      'Metric.ABBytes',
      'Metric.BAPackets',
      'Metric.BABytes',
      'Pid.A',
      'Pid.B',
      'FinishType',
      'RawPacketsCaptured',
    ] as const
  ).map((name) => [name, 'number'] as const),
  ['NAT.IsTranslated', 'boolean'],
]);

const kinds = { text, number: whole, boolean: truth } as const;

export const flowMapping = {
  dynamic: false,
  properties: {
    ...ownProperties(),
    '@timestamp': date,
    ecs: inside({ version: text }),
    event: inside({
      kind: text,
      category: text,
      type: text,
      dataset: text,
      id: text,
      start: date,
      end: date,
      duration: whole,
    }),
    source: endProperties(),
    destination: endProperties(),
    network: inside({
      type: text,
      transport: text,
      protocol: text,
      community_id: text,
      direction: text,
      bytes: whole,
      packets: whole,
    }),
    observer: inside({
      product: text,
      type: text,
      serial_number: text,
      ingress: inside({ interface: inside({ id: text }) }),
    }),
    host: inside({ name: text }),
    process: inside({ name: text, pid: whole }),
    container: inside({ id: text }),
    service: inside({ name: text }),
    dns: inside({ question: inside({ name: text }) }),
    tls: inside({ client: inside({ server_name: text }) }),
  },
} as const;

const metricProperties = {
  ABPackets: whole,
  ABBytes: whole,
  BAPackets: whole,
  BABytes: whole,
  Start: whole,
  Last: whole,
  RTT: whole,
};

/** A point of a flow: what one update added, or all of the updates of one slot. */
export const pointMapping = {
  dynamic: false,
  properties: { '@timestamp': date, UUID: text, ...metricProperties, order: whole },
};

export const packetMapping = {
  dynamic: false,
  properties: { '@timestamp': date, UUID: text, index: whole, timestampMs: { type: 'double' } },
};

export const lossMapping = {
  dynamic: false,
  properties: {
    '@timestamp': date,
    name: text,
    node: text,
    capture: text,
    host: text,
    stage: text,
    reason: text,
    packets: whole,
    bytes: whole,
    flows: whole,
    from: whole,
    to: whole,
  },
};

/** Of writers: the batch that was written last; of the archive: until when all is forgotten. */
export const stateMapping = { dynamic: false, properties: { '@timestamp': date, n: whole, time: whole } };

function ownProperties(): Properties {
  const top: Record<string, unknown> = {};
  for (const [name, kind] of searchedFields) {
    const [head = name, inner] = name.split('.');
    if (inner === undefined) top[head] = kinds[kind];
    else {
      const properties = (top[head] as { properties: Properties } | undefined)?.properties;
      top[head] = inside({ ...properties, [inner]: kinds[kind] });
    }
  }
  return top;
}

function endProperties() {
  return inside({
    ip,
    address: text,
    port: whole,
    mac: text,
    nat: inside({ ip, port: whole }),
    bytes: whole,
    packets: whole,
  });
}
