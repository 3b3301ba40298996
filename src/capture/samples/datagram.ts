/** sFlow version 5 datagrams (sflow.org, sflow_version_5.txt): the header, and samples as far as they are understood. */
import { ByteReader } from '../../flow/application/byte-reader.ts';
import { ipv4, ipv6 } from '../../flow/application/text.ts';
import { type CounterSample, counterSample } from './counter-sample.ts';
import { type FlowSample, flowSample } from './flow-sample.ts';

export interface SflowDatagram {
  readonly agent: string;
  readonly subAgent: number;
  readonly sequence: number;
  readonly flows: readonly FlowSample[];
  readonly counters: readonly CounterSample[];
  /** Samples that end before they should, or the datagram did. */
  readonly torn: number;
}

/** Of one datagram, which has room for some twenty. */
const samplesMax = 512;

const kinds: Readonly<Record<number, { readonly kind: 'flow' | 'counters'; readonly isExpanded: boolean }>> = {
  1: { kind: 'flow', isExpanded: false },
  2: { kind: 'counters', isExpanded: false },
  3: { kind: 'flow', isExpanded: true },
  4: { kind: 'counters', isExpanded: true },
};

/** Undefined when it is not sFlow version 5. */
export function sflowDatagram(bytes: Uint8Array): SflowDatagram | undefined {
  const reader = new ByteReader(bytes);
  const version = reader.u32();
  const addressType = reader.u32();
  if (version !== 5 || (addressType !== 1 && addressType !== 2)) return undefined;
  const agent = addressType === 1 ? ipv4(reader.take(4)) : ipv6(reader.take(16));
  const [subAgent, sequence] = [reader.u32(), reader.u32()];
  // Its uptime.
  reader.skip(4);
  const count = reader.u32();
  if (reader.isCut || count > samplesMax) return undefined;
  const flows: FlowSample[] = [];
  const counters: CounterSample[] = [];
  let torn = 0;
  for (let i = 0; i < count; i++) {
    const format = reader.u32();
    const body = reader.part(reader.u32());
    if (reader.isCut) {
      torn += count - i;
      break;
    }
    // The upper twenty bits are an enterprise's number; 0 is sFlow itself. Others are skipped, as they should be.
    const known = kinds[format];
    if (!known) continue;
    if (known.kind === 'flow') flows.push(flowSample(body, known.isExpanded));
    else counters.push(counterSample(body, known.isExpanded));
    if (body.isCut) torn++;
  }
  return { agent, subAgent, sequence, flows, counters, torn };
}
