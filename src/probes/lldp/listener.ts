/** Hears the neighbours of one namespace, at those of its interfaces that are listened to. */
import type { Door, FrameSocket } from '../../native/door.ts';
import type { Namespace } from '../probe.ts';
import { neighboursAlone } from './filter.ts';
import { CDP_ADDRESS, type Heard, LLDP, LLDP_ADDRESSES, neighboursIn } from './frames.ts';

/** Frames with a length, and all frames (linux/if_ether.h, ETH_P_802_2 and ETH_P_ALL). */
const FRAMES_802_2 = 4;
const FRAMES_ALL = 3;

export interface Interface {
  readonly index: number;
  /** A kernel datapath of Open vSwitch takes its frames away before anyone but a socket of its own sees them. */
  readonly isOfDatapath: boolean;
  /**
   * Where what others send through it is heard too: the addresses that it sends under itself (6 bytes each). That costs
   * a copy of every frame sent, hence not everywhere.
   */
  readonly sentBesides?: readonly Uint8Array[] | undefined;
}

export class Listener {
  readonly #door: Door;
  readonly #netns: string;
  readonly #hear: (heard: Heard) => void;
  readonly #shared: FrameSocket[] = [];
  readonly #own = new Map<number, { readonly socket: FrameSocket; readonly filter: string }>();
  readonly #joined = new Set<number>();
  #isClosed = false;

  private constructor(door: Door, netns: string, hear: (heard: Heard) => void) {
    this.#door = door;
    this.#netns = netns;
    this.#hear = hear;
  }

  /** Rejects with what the kernel refuses. */
  static async open(door: Door, { path }: Namespace, hear: (heard: Heard) => void): Promise<Listener> {
    const listener = new Listener(door, path, hear);
    try {
      for (const protocol of [LLDP, FRAMES_802_2]) listener.#shared.push(await listener.#socket({ protocol }));
    } catch (error) {
      listener.close();
      throw error;
    }
    return listener;
  }

  /** These are the interfaces now. Interfaces that go meanwhile are no failure. */
  async listenAt(interfaces: readonly Interface[]): Promise<void> {
    const there = new Set(interfaces.map(({ index }) => index));
    for (const index of this.#joined) if (!there.has(index)) this.#joined.delete(index);
    const alone = new Map(interfaces.filter(needsItsOwn).map((one) => [one.index, filterFor(one)]));
    for (const [index, { socket, filter }] of this.#own) {
      if (keyOf(alone.get(index)) === filter) continue;
      socket.close();
      this.#own.delete(index);
    }
    for (const [index, filter] of alone) if (!this.#own.has(index)) await this.#listenAlone(index, filter);
    const joining: Promise<void>[] = [];
    for (const { index } of interfaces) {
      if (this.#joined.has(index)) continue;
      this.#joined.add(index);
      const [lldp, others] = this.#shared;
      joining.push(...LLDP_ADDRESSES.map((address) => join(lldp, index, address)), join(others, index, CDP_ADDRESS));
    }
    await Promise.all(joining);
  }

  close(): void {
    this.#isClosed = true;
    for (const socket of this.#shared) socket.close();
    for (const { socket } of this.#own.values()) socket.close();
  }

  async #listenAlone(interfaceIndex: number, filter: Uint8Array): Promise<void> {
    try {
      const socket = await this.#socket({ protocol: FRAMES_ALL, interfaceIndex, filter });
      this.#own.set(interfaceIndex, { socket, filter: keyOf(filter) });
    } catch {
      // It went; if not, the next look tries again.
    }
  }

  async #socket(options: { protocol: number; interfaceIndex?: number; filter?: Uint8Array }): Promise<FrameSocket> {
    const socket = await this.#door.openFrames({ netns: this.#netns, ...options });
    if (this.#isClosed) socket.close();
    else
      socket.onFrames((batch) => {
        for (const heard of neighboursIn(batch)) this.#hear(heard);
      });
    return socket;
  }
}

async function join(socket: FrameSocket | undefined, interfaceIndex: number, address: Uint8Array): Promise<void> {
  try {
    await socket?.join(interfaceIndex, address);
  } catch {
    // It went since it was listed, or it has no such addresses (a tunnel): then it has no such neighbours either.
  }
}

function needsItsOwn({ isOfDatapath, sentBesides }: Interface): boolean {
  return isOfDatapath || sentBesides !== undefined;
}

/** What comes in is heard by all sockets; the own one need not say it again unless it alone hears it. */
function filterFor({ isOfDatapath, sentBesides }: Interface): Uint8Array {
  return neighboursAlone({ arriving: isOfDatapath, sentBesides });
}

function keyOf(filter: Uint8Array | undefined): string {
  return filter ? Buffer.from(filter).toString('hex') : '';
}
