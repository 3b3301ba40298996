/** Which node of the kernel's is an interface of the switch: that one is shown, with what the switch says of it. */
import type { GraphNode } from '../../graph/element.ts';
import type { GraphView } from '../../graph/view.ts';
import type { Row } from '../../ovsdb/row.ts';
import { typeOf } from './describe.ts';

/** Those have a device in the kernel, of the same name (ovs-vswitchd.conf.db(5), Interface, type). */
const KERNEL = new Set(['system', 'internal', 'tap', 'afxdp', 'afxdp-nonpmd']);
/** The kernel may tell of a device later than the switch. */
const GRACE_MS = 2_000;

export class Devices {
  readonly #host: { readonly name: string; readonly id: string };
  readonly #isFar: boolean;
  /** The switch forgets the address of a port that was moved to another namespace. */
  readonly #macs = new Map<string, string>();
  readonly #missingSince = new Map<string, number>();

  /** `isFar`: the switch is on another machine, whose devices are not among ours, whatever their names are. */
  constructor(host: { readonly name: string; readonly id: string }, { isFar }: { readonly isFar: boolean }) {
    this.#host = host;
    this.#isFar = isFar;
  }

  find(row: Row, view: GraphView): GraphNode | undefined {
    const name = row.text('name');
    if (this.#isFar || name === undefined || !KERNEL.has(typeOf(row))) return undefined;
    const mac = row.text('mac_in_use') ?? this.#macs.get(row.uuid);
    if (mac !== undefined) this.#macs.set(row.uuid, mac);
    const named = view.nodesWith('Name', name) ?? view.nodes();
    const candidates = [...named].filter(
      ({ metadata, host }) =>
        metadata.Name === name && host === this.#host.name && typeof metadata.IfIndex === 'number',
    );
    return this.#best(row, candidates, mac, view);
  }

  /** Whether a node of our own stands for it: the kernel has no device, or none that can be seen. */
  isOurs(row: Row, nowMs: number): boolean {
    const type = typeOf(row);
    if (this.#isFar || !KERNEL.has(type)) return true;
    // What else is missing does not exist at all; an internal port is somewhere.
    if (type !== 'internal' || row.text('error') !== undefined) return false;
    return nowMs - (this.#missingSince.get(row.uuid) ?? nowMs) >= GRACE_MS;
  }

  seen(row: Row, isFound: boolean, nowMs: number): void {
    if (isFound) this.#missingSince.delete(row.uuid);
    else if (!this.#missingSince.has(row.uuid)) this.#missingSince.set(row.uuid, nowMs);
  }

  /** Forgets interfaces that are no more. */
  keep(isThere: (uuid: string) => boolean): void {
    for (const uuid of this.#macs.keys()) if (!isThere(uuid)) this.#macs.delete(uuid);
    for (const uuid of this.#missingSince.keys()) if (!isThere(uuid)) this.#missingSince.delete(uuid);
  }

  #best(row: Row, candidates: GraphNode[], mac: string | undefined, view: GraphView): GraphNode | undefined {
    const ifindex = row.number('ifindex') ?? 0;
    const isSameMac = ({ metadata }: GraphNode) => mac !== undefined && metadata.MAC === mac;
    const isOnHost = (node: GraphNode) => [...view.in(node)].some(({ parent }) => parent === this.#host.id);
    if (ifindex > 0) {
      const numbered = candidates.filter(({ metadata }) => metadata.IfIndex === ifindex);
      const sure = numbered.filter(isSameMac);
      // Names and numbers repeat from namespace to namespace; a device with another address is another one.
      const known = sure.length > 0 ? sure : numbered.filter(({ metadata }) => !mac || metadata.MAC === undefined);
      return known.find(isOnHost) ?? known[0];
    }
    // A device that was moved keeps its name and its address, and works on.
    if (typeOf(row) !== 'internal') return undefined;
    const moved = candidates.filter(({ metadata }) => MOVED.has(String(metadata.Type)));
    return moved.find(isSameMac) ?? (moved.length === 1 ? moved[0] : undefined);
  }
}

/** Internal ports are devices of the datapath in the kernel, and taps of the one in user space. */
const MOVED = new Set(['internal', 'openvswitch', 'tap', 'tun']);
