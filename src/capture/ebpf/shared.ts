/**
 * The flow tables in the kernel that all captures of a process share: loaded by the first that starts, closed after the
 * last that ends. What comes out of them is brought to the sink of its source.
 */
import { layout } from '../../flow/layout.ts';
import type {
  KernelAttachment,
  KernelFlows,
  KernelFlowsOptions,
  KernelPlace,
  PacketDoor,
} from '../../native/packets.ts';

export interface Attached {
  readonly attachment: KernelAttachment;
  /** What the kernel cannot do. */
  readonly missing: readonly string[];
  /** Detaches after the last observation has come. */
  close(): Promise<void>;
}

export type Observe = (observations: Uint8Array) => void;

class SharedFlows {
  #flows: Promise<KernelFlows> | undefined;
  #users = 0;
  readonly #sinks = new Map<number, Observe>();
  readonly #door: PacketDoor;

  constructor(door: PacketDoor) {
    this.#door = door;
  }

  /** The options are of whoever comes first. */
  async attach(place: KernelPlace, options: KernelFlowsOptions, observe: Observe): Promise<Attached> {
    this.#users++;
    try {
      this.#flows ??= this.#door.openKernelFlows(options, (observations) => this.#bring(observations));
      const flows = await this.#flows;
      this.#sinks.set(place.source, observe);
      const attachment = await flows.attach(place);
      return { attachment, missing: flows.missing, close: () => this.#detach(place.source, attachment) };
    } catch (error) {
      this.#sinks.delete(place.source);
      await this.#leave();
      throw error;
    }
  }

  async #detach(source: number, attachment: KernelAttachment): Promise<void> {
    await attachment.close();
    this.#sinks.delete(source);
    await this.#leave();
  }

  async #leave(): Promise<void> {
    this.#users--;
    if (this.#users > 0) return;
    const last = this.#flows;
    this.#flows = undefined;
    // One that did not open is not to be closed either: whoever asked for it was told.
    await last?.then(
      (flows) => flows.close(),
      () => {},
    );
  }

  /** A buffer is of one source. */
  #bring(observations: Uint8Array): void {
    const view = new DataView(observations.buffer, observations.byteOffset, observations.byteLength);
    this.#sinks.get(view.getUint32(layout.source, true))?.(observations);
  }
}

const shared = new WeakMap<PacketDoor, SharedFlows>();

/** By its door: a process has one. */
export function attachShared(
  door: PacketDoor,
  place: KernelPlace,
  options: KernelFlowsOptions,
  observe: Observe,
): Promise<Attached> {
  let flows = shared.get(door);
  if (!flows) {
    flows = new SharedFlows(door);
    shared.set(door, flows);
  }
  return flows.attach(place, options, observe);
}
