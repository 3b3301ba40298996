/** Counters of an agent's interfaces and of itself, under the names that Skydive gives them. */
import type { ByteReader } from '../../flow/application/byte-reader.ts';
import { compactSource } from './flow-sample.ts';

export interface CounterSample {
  /** What they are counters of. */
  readonly source: string;
  /** Totals. What the agent does not know is absent. */
  readonly counters: Readonly<Record<string, number>>;
}

/** Of one sample. */
const recordsMax = 64;

/** Each field with its width in bytes; one without a name is no counter. */
type Fields = readonly (readonly [name: string | undefined, width: 4 | 8])[];

const narrow = (...names: readonly string[]): Fields => names.map((name) => [name, 4] as const);
const direction = (to: 'In' | 'Out'): Fields => [
  [`If${to}Octets`, 8],
  ...narrow(...['UcastPkts', 'MulticastPkts', 'BroadcastPkts', 'Discards', 'Errors'].map((name) => `If${to}${name}`)),
];

const records: Readonly<Record<number, Fields>> = {
  // Generic interface counters (RFC 2233): index, type, speed, direction, status, then both ways.
  1: [
    [undefined, 4],
    [undefined, 4],
    [undefined, 8],
    [undefined, 4],
    [undefined, 4],
    ...direction('In'),
    ['IfInUnknownProtos', 4],
    ...direction('Out'),
    [undefined, 4],
  ],
  // Ethernet (RFC 2358).
  2: narrow(
    'EthAlignmentErrors',
    'EthFCSErrors',
    'EthSingleCollisionFrames',
    'EthMultipleCollisionFrames',
    'EthSQETestErrors',
    'EthDeferredTransmissions',
    'EthLateCollisions',
    'EthExcessiveCollisions',
    'EthInternalMacTransmitErrors',
    'EthCarrierSenseErrors',
    'EthFrameTooLongs',
    'EthInternalMacReceiveErrors',
    'EthSymbolErrors',
  ),
  // A VLAN: its number, then what is in it.
  5: [
    [undefined, 4],
    ['VlanOctets', 8],
    ...narrow('VlanUcastPkts', 'VlanMulticastPkts', 'VlanBroadcastPkts', 'VlanDiscards'),
  ],
  // The datapath of Open vSwitch.
  2207: [...narrow('OvsDpNHit', 'OvsDpNMissed', 'OvsDpNLost', 'OvsDpNMaskHit'), [undefined, 4], [undefined, 4]],
};

/** As far as it goes; the reader is cut when that is not to its end. */
export function counterSample(body: ByteReader, isExpanded: boolean): CounterSample {
  body.skip(4);
  const source = isExpanded ? `${body.u32()}/${body.u32()}` : compactSource(body.u32());
  const counters: Record<string, number> = {};
  const count = Math.min(body.u32(), recordsMax);
  for (let i = 0; i < count && !body.isCut; i++) {
    const fields = records[body.u32()];
    const data = body.part(body.u32());
    if (body.isCut || !fields) continue;
    for (const [name, width] of fields) {
      const value = data.unsigned(width);
      // All ones stand for "not known".
      if (data.isCut || name === undefined || value >= 2 ** (width * 8) - 1) continue;
      counters[name] = value;
    }
  }
  return { source, counters };
}
