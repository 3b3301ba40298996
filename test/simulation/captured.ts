/** What a capture on a host sees: flows that go on for a while, in updates, and some of their packets. */
import type { Flow, FlowMetric, RawPacket } from '../../src/flow/flow.ts';
import { flowOf } from '../relay/facts.ts';
import type { Chance } from './chance.ts';

const FLOWS_MAX = 4;
/** Conversations that are seen on several hosts. */
const CONVERSATIONS = 5;

export class Captured {
  readonly #chance: Chance;
  readonly #host: string;
  /** Those that live, as they were told last. */
  readonly live = new Map<string, Flow>();

  constructor(chance: Chance, host: string) {
    this.#chance = chance;
    this.#host = host;
  }

  step(now: number): { readonly flows: Flow[]; readonly packets: { uuid: string; packet: RawPacket }[] } {
    const chance = this.#chance;
    const flows: Flow[] = [];
    const packets: { uuid: string; packet: RawPacket }[] = [];
    if (this.live.size < FLOWS_MAX && chance.is(0.5)) {
      const uuid = chance.uuid();
      flows.push(
        flowOf(uuid, {
          TrackingID: `t${chance.below(CONVERSATIONS)}`,
          NodeTID: `tid-${this.#host}`,
          Metric: { ...NO_METRIC, Start: now, Last: now },
          Start: now,
          Last: now,
        }),
      );
    }
    for (const flow of this.live.values()) if (chance.is(0.6)) flows.push(flow);
    const updated = flows.map((flow) => {
      const delta = { ...NO_METRIC, ABPackets: chance.between(1, 9), ABBytes: chance.between(60, 999) };
      const isSeen = flow.Last < now || flow.LastUpdateMetric === undefined;
      const point: FlowMetric = { ...delta, Start: flow.Last, Last: now };
      const isOver = chance.is(0.15);
      const next: Flow = {
        ...flow,
        ...(isSeen && {
          Metric: {
            ...flow.Metric,
            ABPackets: flow.Metric.ABPackets + point.ABPackets,
            ABBytes: flow.Metric.ABBytes + point.ABBytes,
            Last: now,
          },
          LastUpdateMetric: point,
          Last: now,
        }),
        ...(isOver && { FinishType: 2 }),
      };
      if (!isSeen) return undefined;
      if (isOver) this.live.delete(flow.UUID);
      else this.live.set(flow.UUID, next);
      if (chance.is(0.2)) {
        const index = next.RawPacketsCaptured;
        const data = new Uint8Array(chance.between(20, 60)).fill(index);
        packets.push({
          uuid: flow.UUID,
          packet: { timestampMs: now, index, data, length: data.length, linkType: 1 },
        });
        const counted = { ...next, RawPacketsCaptured: index + 1 };
        if (!isOver) this.live.set(flow.UUID, counted);
        return counted;
      }
      return next;
    });
    return { flows: updated.filter((flow) => flow !== undefined), packets };
  }
}

const NO_METRIC = { ABPackets: 0, ABBytes: 0, BAPackets: 0, BABytes: 0 };
