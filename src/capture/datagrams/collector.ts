/** NetFlow and IPFIX of any number of exporters as observations of one place: what happens to datagrams once they are here. */
import type { RemoteInfo } from 'node:dgram';
import { ObservationWriter } from '../../flow/observation-writer.ts';
import type { CaptureOptions, CaptureStats, Sink } from '../mechanism.ts';
import { Bounded } from './bounded.ts';
import { Domain } from './domain.ts';
import { EgressFilter } from './egress.ts';
import { type ExportedFlow, seenOf } from './exported-flow.ts';
import { type Message, templatedMessage } from './message.ts';
import { netFlow5 } from './netflow5.ts';
import { Sequence } from './sequence.ts';

/** Streams (address, port and domain of an exporter) that are remembered. */
export const streamsMax = 1_024;
/** Observations are handed on when there are so many bytes of them. */
const batchBytes = 256 * 1024;

export interface CollectorContext {
  readonly sink: Sink;
  readonly options: Pick<CaptureOptions, 'layerKeyMode'>;
  readonly nowMs: () => number;
  /** Exporters that scale what they sampled themselves: told, not applied. */
  readonly scaledBy?: number;
}

interface Stream {
  readonly sequence: Sequence;
  readonly egress: EgressFilter;
}

interface TemplatedStream extends Stream {
  readonly domain: Domain;
}

export class Collector {
  readonly #context: CollectorContext;
  readonly #writer = new ObservationWriter();
  readonly #engines = new Bounded<string, Stream>(streamsMax, (stream) => this.#end(stream));
  readonly #domains = new Bounded<string, TemplatedStream>(streamsMax, (stream) => {
    stream.domain.close();
    this.#end(stream);
  });
  #packets = 0;
  #bytes = 0;
  #lost = 0;

  constructor(context: CollectorContext) {
    this.#context = context;
  }

  /** Packets and bytes are those that exporters told of, scaled. */
  get stats(): Omit<CaptureStats, 'packetsIfDropped'> {
    return { packetsReceived: this.#packets, bytesReceived: this.#bytes, packetsDropped: this.#lost };
  }

  /** One datagram. Never throws. */
  take(bytes: Uint8Array, { address, port }: Pick<RemoteInfo, 'address' | 'port'>): void {
    const from = `${address} ${port}`;
    const message = templatedMessage(bytes);
    if (message) this.#templated(message, from);
    else this.#version5(bytes, from);
    if (this.#writer.size >= batchBytes) this.#write();
  }

  /** Hands on what there is. */
  flush(): void {
    for (const { egress } of this.#engines.values()) this.#observeAll(egress.flush());
    for (const { egress } of this.#domains.values()) this.#observeAll(egress.flush());
    this.#write();
  }

  /** Gives up what has waited for its template too long. */
  sweep(): void {
    const nowMs = this.#context.nowMs();
    for (const { domain } of this.#domains.values()) domain.sweep(nowMs);
  }

  close(): void {
    for (const { domain } of this.#domains.values()) domain.close();
    this.flush();
  }

  #version5(bytes: Uint8Array, from: string): void {
    const read = netFlow5(bytes);
    if (!read) {
      this.#lose('decoder', 'datagrams that are neither NetFlow 5, 9 nor IPFIX', 1);
      return;
    }
    const { sequence, egress } = this.#engines.get(`${from} ${read.engine}`, newStream);
    this.#lose('exporter', 'flow records missing by their numbers', sequence.missing(read.sequence, read.count));
    for (const flow of read.flows) this.#observeAll(egress.take(flow));
  }

  #templated(message: Message, from: string): void {
    const { version, times } = message;
    const { domain, sequence } = this.#domains.get(`${from} ${version} ${message.domain}`, () =>
      this.#newDomain(version),
    );
    const nowMs = this.#context.nowMs();
    let records = 0;
    let isAllRead = !message.isTorn;
    for (const { id, body } of message.sets) {
      const read = domain.set(id, body, times, nowMs);
      if (read === undefined) isAllRead = false;
      else records += read;
    }
    if (message.isTorn) this.#lose('decoder', 'messages that end within a set', 1);
    if (version === 9)
      this.#lose('exporter', 'messages missing by their numbers', sequence.missing(message.sequence, 1));
    else if (isAllRead)
      this.#lose('exporter', 'flow records missing by their numbers', sequence.missing(message.sequence, records));
    // How many records it has is not known, so neither is what comes next.
    else sequence.forget();
  }

  #newDomain(version: 9 | 10): TemplatedStream {
    const stream = newStream();
    const domain = new Domain(version, {
      flow: (flow) => this.#observeAll(stream.egress.take(flow)),
      lost: (reason, sets) => this.#lose('decoder', reason, sets),
    });
    return { ...stream, domain };
  }

  #end({ egress }: Stream): void {
    this.#observeAll(egress.flush());
  }

  #observeAll(flows: readonly ExportedFlow[]): void {
    const { sink, options, scaledBy = 1 } = this.#context;
    for (const flow of flows) {
      const told = seenOf(flow, sink.source, options.layerKeyMode === 'L3');
      const seen = scaledBy === 1 ? told : { ...told, sampling: scaledBy };
      this.#packets += seen.sent.packets + (seen.received?.packets ?? 0);
      this.#bytes += seen.sent.bytes + (seen.received?.bytes ?? 0);
      this.#writer.add(seen);
    }
  }

  #write(): void {
    if (this.#writer.size > 0) this.#context.sink.observe(this.#writer.take());
  }

  #lose(stage: 'decoder' | 'exporter', reason: string, count: number): void {
    if (count === 0) return;
    this.#lost += count;
    this.#context.sink.lost(stage, reason, count);
  }
}

function newStream(): Stream {
  return { sequence: new Sequence(), egress: new EgressFilter() };
}
