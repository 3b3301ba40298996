/** `/api/capture`: captures as Skydive's clients make, read and delete them. */

import type { Capture } from '../capture/capture.ts';
import type { CaptureState } from '../capture/captures.ts';
import { captureShape, type NewCapture, newCaptureShape, type WireCapture } from '../contract/capture.ts';
import { parseDuration } from '../std/duration.ts';
import { type Fault, Mistake } from '../std/mistake.ts';
import { issuesText } from './issues-text.ts';
import { mistakeText } from './mistake-text.ts';
import { notCreated, type Outcome, type ResourceDoor } from './resource-routes.ts';

/** What the API needs of captures. */
export interface ApiCaptures {
  list(): Capture[];
  get(id: string): Capture | undefined;
  /** Throws a Mistake with all that is wrong; `capture.duplicate` when there is one like it. */
  create(asked: Omit<Capture, 'UUID'>): Capture;
  /** False when there is none. */
  delete(id: string): Promise<boolean>;
  state(id: string): CaptureState;
}

/** Conversations are told apart by MACs where nothing else is said, as Skydive does; so answers say. */
const DEFAULT_KEY_MODE = 'L2';

export class CaptureDoor implements ResourceDoor {
  readonly #captures: ApiCaptures;
  readonly #nowMs: () => number;

  constructor(captures: ApiCaptures, nowMs: () => number) {
    this.#captures = captures;
    this.#nowMs = nowMs;
  }

  list(): Outcome {
    const all = this.#captures.list().map((capture) => [capture.UUID, this.#shown(capture)]);
    return { status: 200, json: Object.fromEntries(all) };
  }

  read(id: string): Outcome {
    const capture = this.#captures.get(id);
    return capture ? { status: 200, json: this.#shown(capture) } : notFound(id);
  }

  async create(body: unknown, ttl: string | undefined): Promise<Outcome> {
    const asked = newCaptureShape.safeParse(body);
    if (!asked.success) return { status: 400, text: issuesText(asked.error) };
    const ttlMs = ttl ? parseDuration(ttl) : undefined;
    if (ttl && ttlMs === undefined)
      return { status: 400, text: `invalid ttl: "${ttl}" is no duration, like 30s or 5m` };
    const target = targetFaults(asked.data);
    if (target.length > 0) return { status: 400, text: mistakeText(new Mistake(target)) };
    try {
      const capture = this.#captures.create({
        ...askedOf(asked.data),
        ...(ttlMs !== undefined && { EndsAt: this.#nowMs() + ttlMs }),
      });
      return { status: 201, json: this.#shown(capture) };
    } catch (error) {
      return notCreated(error);
    }
  }

  async remove(id: string): Promise<Outcome> {
    return (await this.#captures.delete(id)) ? { status: 200, text: '' } : notFound(id);
  }

  #shown(capture: Capture): WireCapture {
    const { IsStartup: _, UUID, EndsAt, ...said } = capture;
    const { active, failed, matched, types, notes } = this.#captures.state(UUID);
    // In the order in which Skydive writes them, which is that of the shape.
    return captureShape.parse({
      ...said,
      Count: active,
      LayerKeyMode: capture.LayerKeyMode ?? DEFAULT_KEY_MODE,
      UUID,
      EndsAt,
      ...(matched > 0 && { Matched: matched, Mechanisms: types }),
      ...(failed > 0 && { Failed: failed }),
      ...(notes.length > 0 && { Notes: notes }),
    });
  }
}

/** What is empty was not asked for. */
function askedOf({ Target: _, TargetType: __, ...said }: NewCapture): Omit<Capture, 'UUID'> {
  const { BPFFilter, Name, Description, Type, Port, RawPacketLimit, HeaderSize, ExtraLayers } = said;
  return {
    GremlinQuery: said.GremlinQuery.trim(),
    SamplingRate: said.SamplingRate,
    PollingInterval: said.PollingInterval,
    ExtraTCPMetric: said.ExtraTCPMetric,
    IPDefrag: said.IPDefrag,
    ReassembleTCP: said.ReassembleTCP,
    ...(BPFFilter && { BPFFilter }),
    ...(Name && { Name }),
    ...(Description && { Description }),
    ...(Type && { Type }),
    ...(Port && { Port }),
    ...(RawPacketLimit && { RawPacketLimit }),
    ...(HeaderSize && { HeaderSize }),
    ...(ExtraLayers && { ExtraLayers }),
    // Checked with the rest of what can be wrong.
    ...(said.LayerKeyMode && { LayerKeyMode: said.LayerKeyMode as 'L2' }),
  };
}

function targetFaults({ Target, TargetType }: NewCapture): Fault[] {
  const code = 'capture.target';
  const hint = 'leave Target out: flows are kept here, and G.Flows() asks for them';
  if (TargetType && TargetType !== 'local')
    return [{ code, message: `TargetType: sending to a ${TargetType} collector is not supported`, hint }];
  return Target ? [{ code, message: `Target: sending flows to ${Target} is not supported`, hint }] : [];
}

function notFound(id: string): Outcome {
  return { status: 404, text: `Capture '${id}' not found` };
}
