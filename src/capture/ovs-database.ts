/** The databases of Open vSwitch that captures are set up in: which one a node is of, and changes of it. */
import { type Address, readAddress, type Tls } from '../ovsdb/address.ts';
import { type Operation, type Outcome, transact, Undone } from '../ovsdb/transact.ts';
import { Unavailable } from '../std/unavailable.ts';
import type { Place } from './mechanism.ts';

/** Where Open vSwitch is, and how our rows are told from those of other hosts. */
export interface OvsSwitches {
  /** One a switch, as ovs-vsctl writes them; the first is that of nodes that name none. */
  readonly databases: readonly string[];
  readonly tls?: Tls;
  readonly host: string;
}

const TRANSACTION_MS = 10_000;

export class OvsDatabase {
  readonly name: string;
  readonly address: Address;
  readonly host: string;

  /** Throws Unavailable for an address that is none. */
  constructor(name: string, { tls, host }: OvsSwitches) {
    this.name = name;
    this.address = readAddress(name, tls);
    this.host = host;
  }

  /** That of the switch a node is of. Only one that we were told of: what stands on a node may be anyone's word. */
  static of({ metadata }: Pick<Place, 'metadata'>, switches: OvsSwitches): OvsDatabase {
    const { Ovs } = metadata;
    const named = typeof Ovs === 'object' && Ovs !== null && 'Database' in Ovs ? Ovs.Database : undefined;
    const name = switches.databases.find((database) => database === named) ?? switches.databases[0];
    if (name === undefined) throw new Unavailable('no database of Open vSwitch is named', 'one (capture.ovsdb)');
    return new OvsDatabase(name, switches);
  }

  /** All or nothing. Throws Undone when the database has undone it, and Unavailable when it does not answer. */
  async change(operations: readonly Operation[]): Promise<Outcome[]> {
    try {
      return await transact(this.address, 'Open_vSwitch', operations, AbortSignal.timeout(TRANSACTION_MS));
    } catch (error) {
      if (error instanceof Undone || error instanceof Unavailable) throw error;
      const why = (error as Error).message;
      const needs = 'ovsdb-server that answers there, and the right to ask it';
      throw new Unavailable(`Open vSwitch at ${this.name} (${why})`, needs, { cause: error });
    }
  }
}

export const uuid = (id: string) => ['uuid', id] as const;
export const named = (id: string) => ['named-uuid', id] as const;
export const set = (...members: readonly unknown[]) => ['set', members] as const;
export const map = (pairs: Readonly<Record<string, string>>) => ['map', Object.entries(pairs)] as const;

/** Takes a row away from the bridge that holds it, if one does. */
export function take(column: 'mirrors' | 'ports', row: string) {
  return {
    op: 'mutate',
    table: 'Bridge',
    where: [[column, 'includes', uuid(row)]],
    mutations: [[column, 'delete', set(uuid(row))]],
  } as const;
}

/** UUIDs that a column holds (RFC 7047 §5.1): one stands alone. */
export function uuidsOf(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  const members: unknown[] = value[0] === 'set' && Array.isArray(value[1]) ? value[1] : [value];
  return members.flatMap((one) => (Array.isArray(one) && one[0] === 'uuid' ? [String(one[1])] : []));
}

export function mapOf(value: unknown): Map<string, string> {
  if (!Array.isArray(value) || value[0] !== 'map' || !Array.isArray(value[1])) return new Map();
  return new Map(value[1].map((pair: readonly unknown[]) => [String(pair[0]), String(pair[1])]));
}
