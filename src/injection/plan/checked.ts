/** What is asked, with all that is wrong with it said together, before anything is looked for. */
import { parseAddress } from '../../std/address.ts';
import { ipText } from '../../std/addresstext.ts';
import { type Fault, Mistake } from '../../std/mistake.ts';
import type { BoundName, MeetBound } from '../bounds.ts';
import { type InjectionAsked, type InjectionType, injectionTypes } from '../injection.ts';
import { INTERVAL_MS_MAX, type InjectionLimits, WAIT_MS_MAX } from '../limits.ts';
import { macBytes } from '../packet/ethernet.ts';

/** Sentences begin as Skydive's. Throws a Mistake. */
export function checkAsked(asked: InjectionAsked, limits: InjectionLimits, met: MeetBound): void {
  const faults: Fault[] = [];
  const wrong = (code: string, message: string, hint: string) =>
    faults.push({ code: `injection.${code}`, message, hint });
  const { Type, Pcap } = asked;
  if (Type !== undefined && !injectionTypes.includes(Type))
    wrong('type', `Unsupported traffic type '${Type}'`, injectionTypes.join(', '));
  if (blank(asked.Src) && blank(asked.From))
    wrong(
      'source',
      'Not able to find a source node: none is named',
      "Src: G.V().Has('Name', 'eth0'), or From: blue/eth0",
    );
  if (blank(asked.Dst) && blank(asked.To) && blank(asked.DstIP) && blank(Pcap))
    wrong(
      'destination',
      'Not able to find a dest node and dest IP also empty',
      "Dst: G.V().Has('Name', 'eth0'), To: green/eth0, or DstIP: 10.0.0.2",
    );
  for (const key of ['SrcIP', 'DstIP'] as const)
    if (!blank(asked[key]) && addressIn(asked[key]) === undefined)
      wrong('address', notSet(`${key}: "${asked[key]}" is no address`), 'such as 10.0.0.1, 10.0.0.1/24 or fd00::1');
  for (const key of ['SrcMAC', 'DstMAC'] as const)
    if (!blank(asked[key]) && macBytes(asked[key] ?? '') === undefined)
      wrong('mac', notSet(`${key}: "${asked[key]}" is no MAC address`), 'such as 02:00:00:00:00:01');
  for (const { key, least, most, what, bound } of numbers(limits)) {
    const value = asked[key];
    if (bound !== undefined && value !== undefined && value > most) met(bound);
    if (value !== undefined && !(Number.isInteger(value) && value >= least && value <= most))
      wrong('number', notSet(`${key}: ${value} is not from ${least} to ${most}`), what);
  }
  if (asked.Mode !== undefined && asked.Mode !== 'unique' && asked.Mode !== 'random')
    wrong('mode', notSet(`Mode: there is no "${asked.Mode}"`), 'unique, random');
  if (asked.Way !== undefined && asked.Way !== 'link' && asked.Way !== 'stack')
    wrong('way', notSet(`Way: there is no "${asked.Way}"`), 'link, stack');
  if (asked.StartTime !== undefined && startOf(asked.StartTime) === undefined)
    wrong('time', notSet(`StartTime: "${asked.StartTime}" is no time`), 'epoch ms, or 2026-11-21T10:30:00Z');
  checkSizes(asked, limits, wrong, met);
  if (faults.length > 0) throw new Mistake(faults);
}

/** The address, of what may have a prefix length. */
export function addressIn(text: string | undefined): string | undefined {
  const address = parseAddress((text ?? '').split('/', 1)[0] as string);
  return address && ipText(address.bytes);
}

/** Epoch ms; Go's zero time, as empty things are sent, is none. */
export function startOf(time: number | string): number | undefined {
  if (typeof time === 'number') return Number.isFinite(time) ? time : undefined;
  if (time === '' || time.startsWith('0001-01-01')) return 0;
  const ms = Date.parse(time);
  return Number.isNaN(ms) ? undefined : ms;
}

export function familyOf(type: InjectionType): 4 | 6 {
  return type.endsWith('4') ? 4 : 6;
}

export function blank(text: string | undefined): boolean {
  return text === undefined || text.trim() === '';
}

function notSet(what: string): string {
  return `All the params were not set properly: ${what}`;
}

function checkSizes(
  asked: InjectionAsked,
  limits: InjectionLimits,
  wrong: (code: string, message: string, hint: string) => void,
  met: MeetBound,
): void {
  const { Payload, Pcap, Count = 1, IncrementPayload = 0 } = asked;
  const bytes = Buffer.byteLength(Payload ?? '') + Math.max(0, IncrementPayload * (Math.max(1, Count) - 1));
  if (bytes > limits.payloadBytes) {
    met('payload');
    wrong('payload', notSet(`Payload: it is, or grows to, ${bytes} bytes`), `${limits.payloadBytes} at most`);
  }
  if (blank(Pcap)) return;
  const size = Math.floor(((Pcap ?? '').length * 3) / 4);
  if (size > limits.pcapBytes) {
    met('trace-bytes');
    wrong('pcap', notSet(`Pcap: the trace has ${size} bytes`), `${limits.pcapBytes} at most: send a part of it`);
  }
  if (asked.Way === 'stack') wrong('pcap', notSet('Pcap: frames are put on a link'), 'leave Way out, or Way: link');
  if (Count > 1) wrong('pcap', notSet('Pcap: a trace is sent once'), 'leave Count out');
}

interface Numbers {
  readonly key: 'SrcPort' | 'DstPort' | 'ICMPID' | 'Count' | 'Interval' | 'IncrementPayload' | 'TTL' | 'Wait';
  readonly least: number;
  readonly most: number;
  readonly what: string;
  /** Of ours: others are what fits into a packet. */
  readonly bound?: BoundName;
}

function numbers({ count, payloadBytes }: InjectionLimits): readonly Numbers[] {
  return [
    { key: 'SrcPort', least: 0, most: 65_535, what: '0 for any' },
    { key: 'DstPort', least: 0, most: 65_535, what: 'a port' },
    { key: 'ICMPID', least: 0, most: 65_535, what: '0 for any' },
    { key: 'Count', least: 0, most: count, what: 'packets', bound: 'packets' },
    { key: 'Interval', least: 0, most: INTERVAL_MS_MAX, what: 'ms', bound: 'interval' },
    { key: 'IncrementPayload', least: -payloadBytes, most: payloadBytes, what: 'bytes' },
    { key: 'TTL', least: 0, most: 255, what: '0 for 64' },
    { key: 'Wait', least: 0, most: WAIT_MS_MAX, what: 'ms', bound: 'wait' },
  ];
}
