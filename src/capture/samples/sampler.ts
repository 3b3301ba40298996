/** Samples of agents as observations of one place. Packets go through the decoder that all packets go through. */

import { ObservationWriter } from '../../flow/observation-writer.ts';
import type { Decoder, PacketDoor } from '../../native/packets.ts';
import { Bounded } from '../datagrams/bounded.ts';
import { emptyFlow, seenOf } from '../datagrams/exported-flow.ts';
import { Sequence } from '../datagrams/sequence.ts';
import { DecoderLosses } from '../decoder-losses.ts';
import { decoderOptions } from '../decoder-options.ts';
import { filterProgram } from '../filter-program.ts';
import type { CaptureOptions, CaptureStats, Sink } from '../mechanism.ts';
import type { CounterSample } from './counter-sample.ts';
import { sflowDatagram } from './datagram.ts';
import type { FlowSample, SampledHeader } from './flow-sample.ts';
import { scale } from './scale.ts';
import { Totals } from './totals.ts';

/** Sampling rates at the same time: each has a decoder of its own, since its counters stand for so many packets. */
export const ratesMax = 16;
/** Data sources of all agents whose numbers are followed. */
export const sourcesMax = 4_096;
/** LINKTYPE_ETHERNET: what a filter has to make sense for before anything was heard. */
const ethernet = 1;
/** Conversations handed on in one go. */
const drainMost = 16_384;

export interface SamplerContext {
  readonly door: Pick<PacketDoor, 'openDecoder' | 'compileFilter' | 'matchFilter'>;
  readonly options: CaptureOptions;
  readonly sink: Sink;
  readonly nowMs: () => number;
}

interface RateDecoder {
  readonly rate: number;
  readonly decoder: Decoder;
  readonly losses: DecoderLosses;
}

interface Source {
  readonly sequence: Sequence;
  drops: number | undefined;
}

export class Sampler {
  readonly #context: SamplerContext;
  readonly #writer = new ObservationWriter();
  readonly #totals = new Totals();
  readonly #sources = new Bounded<string, Source>(sourcesMax);
  /** By link type; empty: all packets. */
  readonly #filters = new Map<number, Uint8Array>();
  readonly #decoders: Bounded<number, RateDecoder>;
  #packets = 0;
  #bytes = 0;
  #lost = 0;

  /** Throws Mistake when the filter is none, Unavailable without libpcap. */
  constructor(context: SamplerContext) {
    this.#context = context;
    if (context.options.filter !== '') this.#filterFor(ethernet);
    this.#decoders = new Bounded(ratesMax, (forgotten) => {
      this.#drain(forgotten);
      forgotten.decoder.close();
    });
  }

  /** Packets and bytes are those that the samples stand for. */
  get stats(): Omit<CaptureStats, 'packetsIfDropped'> {
    return { packetsReceived: this.#packets, bytesReceived: this.#bytes, packetsDropped: this.#lost };
  }

  /** One datagram. Never throws. */
  take(bytes: Uint8Array): void {
    const datagram = sflowDatagram(bytes);
    if (!datagram) {
      this.#lose('decoder', 'datagrams that are not sFlow version 5', 1);
      return;
    }
    const agent = `${datagram.agent} ${datagram.subAgent}`;
    for (const sample of datagram.flows) this.#flow(agent, sample);
    for (const sample of datagram.counters) this.#counters(agent, sample);
    this.#lose('decoder', 'samples that end before they should', datagram.torn);
  }

  /** Hands on what there is. */
  flush(): void {
    for (const decoder of this.#decoders.values()) this.#drain(decoder);
    if (this.#writer.size > 0) this.#context.sink.observe(this.#writer.take());
  }

  close(): void {
    this.flush();
    for (const { decoder } of this.#decoders.values()) decoder.close();
  }

  #flow(agent: string, sample: FlowSample): void {
    this.#follow(`${agent} ${sample.source}`, sample);
    if (sample.header) this.#header(sample.header, sample.rate);
    else if (!this.#record(sample)) this.#lose('decoder', 'samples without anything that is understood', sample.rate);
  }

  /** What a sample stands for is missing with it. */
  #follow(key: string, { sequence, rate, drops }: FlowSample): void {
    const source = this.#sources.get(key, () => ({ sequence: new Sequence(), drops: undefined }));
    this.#lose('exporter', 'samples missing by their numbers', source.sequence.missing(sequence, 1) * rate);
    // A total, of 32 bits, that an agent which began anew has at 0 again.
    const more = source.drops === undefined || drops < source.drops ? 0 : drops - source.drops;
    source.drops = drops;
    this.#lose('exporter', 'samples the agent had no room for', more * rate);
  }

  #header({ linkType, length, bytes }: SampledHeader, rate: number): void {
    const { door, options, nowMs } = this.#context;
    if (options.filter !== '' && !door.matchFilter(this.#filterFor(linkType), bytes, length)) return;
    this.#count(rate, length);
    const { decoder } = this.#decoders.get(rate, () => this.#newDecoder(rate));
    const timestampNs = BigInt(Math.round(nowMs() * 1_000)) * 1_000n;
    decoder.packet(bytes.subarray(0, options.headerSize), { timestampNs, linkType, length });
  }

  /** What the agent made of a packet whose header it did not send. No filter can be asked of it. */
  #record({ ip, ethernet, vlan, rate }: FlowSample): boolean {
    if (!ip && !ethernet) return false;
    const { sink, options, nowMs } = this.#context;
    const flow = emptyFlow(nowMs());
    if (ethernet) {
      flow.from.mac = ethernet.from;
      flow.to.mac = ethernet.to;
      flow.etherType = ethernet.type;
      if (vlan) flow.vlans = [vlan];
    }
    if (ip) {
      const isV4 = ip.from.length === 4;
      flow.etherType = isV4 ? 0x0800 : 0x86dd;
      flow.from.ip = ip.from;
      flow.to.ip = ip.to;
      flow.protocol = ip.protocol;
      // ICMP has its type and code in the place of ports (as sFlow's reference agent does).
      if (ip.protocol === 1 || ip.protocol === 58) flow.icmp = { type: ip.fromPort, code: ip.toPort };
      else [flow.from.port, flow.to.port] = [ip.fromPort, ip.toPort];
      flow.tcpFlags = ip.tcpFlags;
    }
    flow.hasLinkBytes = ethernet !== undefined;
    flow.sent = { packets: 1, bytes: ethernet?.length ?? ip?.length ?? 0 };
    flow.sampling = rate;
    this.#count(rate, flow.sent.bytes);
    this.#writer.add(seenOf(flow, sink.source, options.layerKeyMode === 'L3'));
    return true;
  }

  #counters(agent: string, { source, counters }: CounterSample): void {
    const total = this.#totals.add(`${agent} ${source}`, counters);
    this.#context.sink.counters?.('SFlow', total);
  }

  #drain({ rate, decoder, losses }: RateDecoder): void {
    const { sink, nowMs } = this.#context;
    for (;;) {
      const { observations, rawPackets, isMore } = decoder.drain(nowMs(), drainMost);
      if (rawPackets.length > 0) sink.raw(rawPackets);
      if (observations.length > 0) {
        scale(observations, rate);
        sink.observe(observations);
      }
      if (!isMore) break;
    }
    losses.tell(decoder.stats());
  }

  #newDecoder(rate: number): RateDecoder {
    const { door, options, sink } = this.#context;
    const lost: Sink['lost'] = (stage, reason, packets, bytes = 0) =>
      sink.lost(stage, reason, packets * rate, bytes * rate);
    return {
      rate,
      decoder: door.openDecoder(decoderOptions(options, sink.source)),
      losses: new DecoderLosses({ lost }),
    };
  }

  #filterFor(linkType: number): Uint8Array {
    const known = this.#filters.get(linkType);
    if (known) return known;
    const { door, options } = this.#context;
    const program = filterProgram(door, options, linkType);
    this.#filters.set(linkType, program);
    return program;
  }

  #count(rate: number, bytes: number): void {
    this.#packets += rate;
    this.#bytes += rate * bytes;
  }

  #lose(stage: 'decoder' | 'exporter', reason: string, packets: number): void {
    if (packets === 0) return;
    this.#lost += packets;
    this.#context.sink.lost(stage, reason, packets);
  }
}
