/** Which conditions the tables can be asked: those that only let certain values of columns pass. */
import { canonicalField } from '../../../flow/fields.ts';
import type { FlowCondition, FlowTest } from '../../../flow/view.ts';
import type { Column, Pushed } from './ask.ts';

const COLUMNS: Readonly<Record<string, readonly Column[]>> = {
  UUID: ['uuid'],
  TrackingID: ['tracking'],
  NodeTID: ['node'],
  CaptureID: ['capture'],
  LayersPath: ['layers'],
  Application: ['application'],
  Network: ['a', 'b'],
  'Network.A': ['a'],
  'Network.B': ['b'],
  Transport: ['a_port', 'b_port'],
  'Transport.A': ['a_port'],
  'Transport.B': ['b_port'],
  'NAT.TrackingID': ['nat_tracking'],
};

/** Values in one condition; SQLite takes 32,766 in one statement. */
const VALUES_MAX = 10_000;

export interface Pushable {
  readonly pushed: readonly Pushed[];
  /** What is still to be tested. */
  readonly rest: readonly FlowCondition[];
}

export function pushable(where: readonly FlowCondition[]): Pushable {
  const pushed: Pushed[] = [];
  const rest: FlowCondition[] = [];
  let room = VALUES_MAX;
  for (const condition of where) {
    const columns = condition.anyOf.map(columnsOf);
    const size = columns.flat().reduce((sum, column) => sum + (column?.values.length ?? 0), 0);
    if (columns.includes(undefined) || size > room) rest.push(condition);
    else {
      room -= size;
      pushed.push(columns.flatMap((of) => of ?? []));
    }
  }
  return { pushed, rest };
}

function columnsOf({ field, equals }: FlowTest): Pushed | undefined {
  const columns = COLUMNS[canonicalField(field)];
  if (!columns || !equals) return undefined;
  const values = equals.filter((value) => typeof value !== 'boolean');
  return columns.map((column) => ({ column, values }));
}
