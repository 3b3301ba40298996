/** A packet inside of a switch. */
import type { Fields } from './state.ts';

export interface SwitchPacket {
  readonly fields: Fields;
  /** Number of the port it came in by. */
  readonly inPort: number;
  /** VLAN IDs below the outermost one, the outer first. */
  readonly inner: number[];
  readonly stack: (bigint | undefined)[];
  /** Number of a port by its name. */
  readonly portNamed: (name: string) => number | undefined;
}

export function copied(packet: SwitchPacket): SwitchPacket {
  return { ...packet, fields: new Map(packet.fields), inner: [...packet.inner], stack: [...packet.stack] };
}
