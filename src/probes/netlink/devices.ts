/**
 * What ethtool said of the interfaces of one namespace. Asking waits for the kernel's lock of all devices, so it is done
 * beside, and whoever describes an interface waits for the answer: one description, not one without and one with it.
 */
import type { DeviceSocket } from '../../native/door.ts';
import type { Device, DeviceReader } from './device.ts';
import type { Link } from './link.ts';
import { type VirtualFunction, virtualFunction } from './virtualfunction.ts';

export class Devices {
  readonly #socket: DeviceSocket | undefined;
  readonly #reader: DeviceReader;
  readonly #entries = new Map<number, Entry>();

  /** `socket`: undefined where nothing can be asked; then nothing is known, and nothing awaited. */
  constructor(socket: DeviceSocket | undefined, reader: DeviceReader) {
    this.#socket = socket;
    this.#reader = reader;
  }

  of(ifindex: number): Device | undefined {
    return this.#entries.get(ifindex)?.device;
  }

  /** Which virtual function it is, where it is one. */
  functionOf(ifindex: number): VirtualFunction | undefined {
    return this.#entries.get(ifindex)?.function;
  }

  byBus(busInfo: string): number | undefined {
    for (const [ifindex, { device }] of this.#entries) if (device?.busInfo === busInfo) return ifindex;
    return undefined;
  }

  wasAsked(ifindex: number): boolean {
    return this.#socket === undefined || this.#entries.has(ifindex);
  }

  isAwaited(ifindex: number): boolean {
    return (this.#entries.get(ifindex)?.awaited ?? 0) > 0;
  }

  forget(ifindex: number): void {
    this.#entries.delete(ifindex);
  }

  /** All there is to know, or only the speed where the rest is known. Gives whether the answer still is of use; undefined: nobody to ask. */
  ask(link: Link, what: 'all' | 'mode'): Promise<boolean> | undefined {
    const socket = this.#socket;
    if (!socket) return undefined;
    const { ifindex, name } = link;
    const entry = this.#entries.get(ifindex) ?? { awaited: 0 };
    this.#entries.set(ifindex, entry);
    entry.awaited++;
    const answered = async () => {
      if (what === 'mode' && entry.device) {
        const mode = await this.#reader.readMode(socket, name);
        entry.device = { ...entry.device, ...mode };
      } else {
        take(entry, await this.#reader.read(socket, name, link.kind !== '' && link.parentDevice === ''));
      }
      entry.awaited--;
      return this.#entries.get(ifindex) === entry;
    };
    return answered();
  }
}

interface Entry {
  device?: Device;
  function?: VirtualFunction | undefined;
  /** Questions under way. */
  awaited: number;
}

function take(entry: Entry, device: Device): void {
  const before = entry.device;
  entry.device = device;
  if (before?.busInfo !== device.busInfo) entry.function = device.busInfo ? virtualFunction(device.busInfo) : undefined;
}
