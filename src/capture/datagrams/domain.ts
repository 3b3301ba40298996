/** What is known of one stream of an exporter: its templates, what it samples, and data that came before its template. */
import { ByteReader } from '../../flow/application/byte-reader.ts';
import { Bounded } from './bounded.ts';
import type { ExportedFlow } from './exported-flow.ts';
import { DataRecord, flowOf, optionsOf, type RecordContext } from './record.ts';
import { setIds, type Template, templatesIn } from './template.ts';

/** Of one stream. Open vSwitch has about 300. */
export const templatesMax = 1_024;
export const heldSetsMax = 64;
export const heldMs = 120_000;
const samplersMax = 256;

export interface DomainListener {
  flow(flow: ExportedFlow): void;
  /** Sets of data that were given up. */
  lost(reason: string, sets: number): void;
}

interface Held {
  readonly id: number;
  readonly bytes: Uint8Array;
  readonly times: MessageTimes;
  readonly sinceMs: number;
}

export interface MessageTimes {
  readonly exportMs: number;
  readonly uptimeMs: number | undefined;
}

export class Domain {
  readonly #version: 9 | 10;
  readonly #listener: DomainListener;
  readonly #templates: Bounded<number, { current: Template | undefined }>;
  readonly #samplers = new Bounded<number, { rate: number }>(samplersMax);
  #held: Held[] = [];
  #sampling = 1;
  #systemInitMs: number | undefined;

  constructor(version: 9 | 10, listener: DomainListener) {
    this.#version = version;
    this.#listener = listener;
    this.#templates = new Bounded(templatesMax);
  }

  /** One set of a message. Gives how many data records it had; undefined when they wait for their template. */
  set(id: number, set: ByteReader, times: MessageTimes, nowMs: number): number | undefined {
    const ids = setIds[this.#version];
    if (id === ids.templates || id === ids.options) {
      for (const said of templatesIn(set, this.#version, id === ids.options)) {
        if (said.kind === 'withdrawn') this.#withdraw(said.id);
        else this.#learn(said.template);
      }
      return 0;
    }
    if (id < 256) return 0;
    const template = this.#templates.peek(id)?.current;
    if (template) return this.#data(template, set, times);
    this.#hold({ id, bytes: set.bytes.slice(set.at, set.end), times, sinceMs: nowMs });
    return undefined;
  }

  /** Gives up what has waited too long. */
  sweep(nowMs: number): void {
    const kept = this.#held.filter(({ sinceMs }) => nowMs - sinceMs < heldMs);
    this.#giveUp(this.#held.length - kept.length);
    this.#held = kept;
  }

  close(): void {
    this.#giveUp(this.#held.length);
    this.#held = [];
  }

  #learn(template: Template): void {
    this.#templates.get(template.id, () => ({ current: undefined })).current = template;
    const ready = this.#held.filter(({ id }) => id === template.id);
    if (ready.length === 0) return;
    this.#held = this.#held.filter(({ id }) => id !== template.id);
    for (const { bytes, times } of ready) this.#data(template, new ByteReader(bytes), times);
  }

  /** The numbers of the sets of templates stand for all of their kind (RFC 7011 §8.1). */
  #withdraw(id: number): void {
    const isAll = id === setIds[10].templates || id === setIds[10].options;
    if (!isAll) {
      const entry = this.#templates.peek(id);
      if (entry) entry.current = undefined;
      return;
    }
    for (const entry of this.#templates.values())
      if ((entry.current?.scopes !== undefined) === (id === setIds[10].options)) entry.current = undefined;
  }

  #data(template: Template, set: ByteReader, times: MessageTimes): number {
    let records = 0;
    const context: RecordContext = {
      ...times,
      systemInitMs: this.#systemInitMs,
      samplingOf: (sampler) => (sampler !== undefined && this.#samplers.peek(sampler)?.rate) || this.#sampling,
    };
    // What is shorter than a record is padding.
    while (set.left >= template.bytesMin) {
      const record = new DataRecord(template, set);
      if (set.isCut) break;
      records++;
      if (template.scopes !== undefined) this.#options(record);
      else {
        const flow = flowOf(record, context);
        if (flow) this.#listener.flow(flow);
      }
    }
    return records;
  }

  #options(record: DataRecord): void {
    const { sampler, sampling, systemInitMs } = optionsOf(record);
    if (systemInitMs !== undefined) this.#systemInitMs = systemInitMs;
    if (sampling === undefined) return;
    if (sampler === undefined) this.#sampling = sampling;
    else this.#samplers.get(sampler, () => ({ rate: 1 })).rate = sampling;
  }

  #hold(held: Held): void {
    this.#held.push(held);
    if (this.#held.length > heldSetsMax) {
      this.#held.shift();
      this.#giveUp(1);
    }
  }

  #giveUp(sets: number): void {
    if (sets > 0) this.#listener.lost('data whose template never came', sets);
  }
}
