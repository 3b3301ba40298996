/** Hears the neighbours of one namespace, at those of its interfaces that are listened to. */
import type { Door, FrameSocket } from '../../native/door.ts';
import type { Namespace } from '../probe.ts';
import { CDP_ADDRESS, type Heard, LLDP, LLDP_ADDRESSES, neighboursIn } from './frames.ts';

/** Frames with a length, and all frames (linux/if_ether.h, ETH_P_802_2 and ETH_P_ALL). */
const FRAMES_802_2 = 4;
const FRAMES_ALL = 3;

export interface Interface {
  readonly index: number;
  /** A kernel datapath of Open vSwitch takes its frames away before anyone but a socket of its own sees them. */
  readonly isOfDatapath: boolean;
}

export class Listener {
  readonly #door: Door;
  readonly #netns: string;
  readonly #hear: (heard: Heard) => void;
  readonly #shared: FrameSocket[] = [];
  readonly #own = new Map<number, FrameSocket>();
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
    for (const [index, socket] of this.#own) {
      if (interfaces.some((one) => one.index === index && one.isOfDatapath)) continue;
      socket.close();
      this.#own.delete(index);
    }
    const joining: Promise<void>[] = [];
    for (const { index, isOfDatapath } of interfaces) {
      if (isOfDatapath && !this.#own.has(index)) await this.#listenAlone(index);
      if (this.#joined.has(index)) continue;
      this.#joined.add(index);
      const [lldp, others] = this.#shared;
      joining.push(...LLDP_ADDRESSES.map((address) => join(lldp, index, address)), join(others, index, CDP_ADDRESS));
    }
    await Promise.all(joining);
  }

  close(): void {
    this.#isClosed = true;
    for (const socket of [...this.#shared, ...this.#own.values()]) socket.close();
  }

  async #listenAlone(interfaceIndex: number): Promise<void> {
    try {
      const options = { protocol: FRAMES_ALL, interfaceIndex, filter: neighboursAlone() };
      this.#own.set(interfaceIndex, await this.#socket(options));
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

/**
 * Passes frames of type 0x88cc and to 01:00:0c:cc:cc:cc. Each instruction: code (2 bytes), jumps if true and if false,
 * a number (linux/filter.h).
 */
function neighboursAlone(): Uint8Array {
  const [LOAD_WORD, LOAD_HALF, JUMP_EQUAL, RETURN] = [0x20, 0x28, 0x15, 0x06];
  const program = [
    [LOAD_HALF, 0, 0, 12],
    [JUMP_EQUAL, 4, 0, LLDP],
    [LOAD_WORD, 0, 0, 0],
    [JUMP_EQUAL, 0, 3, 0x0100_0ccc],
    [LOAD_HALF, 0, 0, 4],
    [JUMP_EQUAL, 0, 1, 0xcccc],
    [RETURN, 0, 0, 0xffff],
    [RETURN, 0, 0, 0],
  ] as const;
  const bytes = new Uint8Array(program.length * 8);
  const view = new DataView(bytes.buffer);
  for (const [at, [code, ifTrue, ifFalse, number]] of program.entries()) {
    view.setUint16(at * 8, code, true);
    view.setUint8(at * 8 + 2, ifTrue);
    view.setUint8(at * 8 + 3, ifFalse);
    view.setUint32(at * 8 + 4, number, true);
  }
  return bytes;
}
