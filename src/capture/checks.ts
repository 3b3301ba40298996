/** What is wrong with a capture that someone asks for: everything, in Skydive's words where it has some. */
import { type Fault, Mistake } from '../std/mistake.ts';
import { type Capture, HEADER_SIZE_MAX, HEADER_SIZE_MIN, RAW_PACKETS_MAX } from './capture.ts';
import type { Mechanism, MechanismContext } from './mechanism.ts';

export interface CheckParts {
  readonly mechanisms: readonly Mechanism[];
  readonly check: (query: string) => void;
  readonly door: Pick<MechanismContext['door'], 'compileFilter'>;
}

/** LINKTYPE_ETHERNET: what a filter has to make sense for, before it is known where it will run. */
const ETHERNET = 1;
/** Of one text in a capture. */
const TEXT_MAX = 4096;

export function faultsOf(asked: Omit<Capture, 'UUID'>, parts: CheckParts): Fault[] {
  const faults: Fault[] = [];
  const add = (key: string, message: string) => faults.push({ code: 'capture.invalid', message: `${key}: ${message}` });
  const { Type, HeaderSize, RawPacketLimit, LayerKeyMode } = asked;
  for (const key of ['GremlinQuery', 'BPFFilter', 'Name', 'Description'] as const)
    if ((asked[key]?.length ?? 0) > TEXT_MAX) add(key, `is longer than ${TEXT_MAX} characters`);
  try {
    parts.check(asked.GremlinQuery);
  } catch (error) {
    if (!(error instanceof Mistake)) throw error;
    for (const fault of error.faults)
      faults.push({ ...fault, message: `GremlinQuery: Not a valid Gremlin expression: ${fault.message}` });
  }
  if (asked.BPFFilter) {
    const wrong = filterFault(asked.BPFFilter, HeaderSize || HEADER_SIZE_MAX, parts);
    if (wrong !== undefined) add('BPFFilter', `Not a valid BPF expression: ${wrong}`);
  }
  if (HeaderSize !== undefined && HeaderSize !== 0 && (HeaderSize < HEADER_SIZE_MIN || HeaderSize > HEADER_SIZE_MAX))
    add('HeaderSize', `A valid header size is >= ${HEADER_SIZE_MIN} && <= ${HEADER_SIZE_MAX}`);
  if (RawPacketLimit !== undefined && (RawPacketLimit < 0 || RawPacketLimit > RAW_PACKETS_MAX))
    add('RawPacketLimit', `A valid raw packet limit size is > 0 && <= ${RAW_PACKETS_MAX}`);
  if (Type !== undefined) {
    const mechanism = parts.mechanisms.find(({ type }) => type === Type);
    if (!mechanism) {
      const types = parts.mechanisms.map(({ type }) => type).join(' ');
      add('Type', `Not a valid capture type: ${Type}, available types: [${types}]`);
    } else for (const lack of lacks(mechanism, asked)) add('Type', `${Type} capture doesn't support ${lack}`);
  }
  if (LayerKeyMode !== undefined && LayerKeyMode !== 'L2' && LayerKeyMode !== 'L3')
    add('LayerKeyMode', 'Not a valid layer key mode: L2 or L3');
  return faults;
}

/** With its position. Undefined also where filters cannot be checked: whoever runs it says so. */
function filterFault(filter: string, snapLength: number, { door }: CheckParts): string | undefined {
  try {
    door.compileFilter(filter, ETHERNET, snapLength);
    return undefined;
  } catch (error) {
    const { code, message, reason = message, position } = error as Refused;
    if (code !== 'EINVAL') return undefined;
    if (position === undefined) return reason;
    const rest = filter.slice(position);
    return `${reason} (position ${position}: ${rest === '' ? 'the end' : `"${rest.slice(0, 40)}"`})`;
  }
}

interface Refused {
  readonly code?: string;
  readonly message: string;
  readonly reason?: string;
  readonly position?: number;
}

function lacks({ can }: Mechanism, asked: Omit<Capture, 'UUID'>): string[] {
  return [
    ...(asked.BPFFilter && !can.filter ? ['BPF filtering'] : []),
    ...((asked.RawPacketLimit ?? 0) > 0 && !can.rawPackets ? ['raw packet capture'] : []),
    ...(asked.ExtraTCPMetric && !can.tcpMetric ? ['extra TCP metrics capture'] : []),
    ...(asked.ReassembleTCP && !can.reassembly ? ['TCP reassembly'] : []),
    ...(asked.IPDefrag && !can.defragmentation ? ['IP defragmentation'] : []),
    ...(asked.LayerKeyMode === 'L2' && !can.layerKeyL2 ? ['layer key mode L2'] : []),
  ];
}
