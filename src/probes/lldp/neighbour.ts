/** What one neighbour said of itself at one interface. */
import type { Metadata } from '../../graph/element.ts';

export interface Neighbour {
  readonly protocol: 'LLDP' | 'CDP';
  /** Names the device: the same for as long as it is the same device. */
  readonly chassis: string;
  /** Names the port of the device. */
  readonly port: string;
  /** What it is shown as. */
  readonly name: string;
  /** What it calls itself; '' when it does not. */
  readonly systemName: string;
  /** What the port is shown as. */
  readonly portName: string;
  /** How long it is to be believed, s; 0: it says good bye. */
  readonly ttlS: number;
  /** Largest frame of the port, where it tells. */
  readonly mtu: number | undefined;
  /** As they are shown: under the name of the protocol. */
  readonly ofDevice: Metadata;
  readonly ofPort: Metadata;
}

/** Only what is there. */
export function present(parts: Readonly<Record<string, Metadata[string] | undefined>>): Metadata {
  return Object.fromEntries(
    Object.entries(parts).filter(
      (part): part is [string, Metadata[string]] => part[1] !== undefined && part[1] !== '' && !isEmptyList(part[1]),
    ),
  );
}

function isEmptyList(value: Metadata[string]): boolean {
  return Array.isArray(value) && value.length === 0;
}
