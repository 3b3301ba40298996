/** Packets from one end to another, sent or thought of, and what became of them. */

import type { PathAnswer } from '../../query/forwarding/path.ts';
import { mistake } from '../../std/mistake.ts';
import type { Evidence, ReachCode, TrafficSeen } from '../result.ts';
import type { Check, Protocol, Traffic } from '../suite/suite.ts';
import type { Told } from './attempt.ts';
import type { Fate } from './codes.ts';
import type { End } from './ends.ts';
import type { Moment } from './moment.ts';

export interface Sending extends Traffic {
  readonly check: Check;
  readonly from: End;
  readonly to: End;
  readonly count: number;
}

export interface Outcome {
  readonly fate: Fate;
  /** A sentence. */
  readonly got: string;
  /** Where it stops and why, as far as is known without looking further. */
  readonly reason?: string | undefined;
  readonly seen: TrafficSeen;
  /** What would have been sent. */
  readonly would?: readonly string[];
  /** Looks further. The second call gives what the first did. */
  readonly look: (signal: AbortSignal) => Promise<Looked>;
  /** Of a failure: as `look`, and what is sent once more shows, where that tells more. */
  readonly lookAgain?: (signal: AbortSignal) => Promise<Looked>;
}

export interface Looked extends Told {
  readonly code: ReachCode;
  readonly evidence: Evidence;
}

/** IANA's numbers. */
export const numbers: Readonly<Record<Protocol, number>> = { icmp: 1, icmp6: 58, tcp: 6, udp: 17 };

/** `tcp 5432`. */
export function packetText({ proto, port }: Pick<Traffic, 'proto' | 'port'>): string {
  return port === undefined ? proto : `${proto} ${port}`;
}

/** The way by the model, both there and back. */
export async function wayOf(
  { from, to, proto, port }: Pick<Sending, 'from' | 'to' | 'proto' | 'port'>,
  moment: Moment,
  signal: AbortSignal,
  sourcePort?: number,
): Promise<PathAnswer> {
  const wanted = proto === 'icmp6' ? await addressOf(to, moment, signal) : to.text;
  const asked = { from: from.text, to: wanted, protocol: numbers[proto], port, sourcePort, isBoth: true };
  return moment.path(asked, signal);
}

/** ICMPv6 goes to an address of its own family. */
async function addressOf({ name, text, node }: End, moment: Moment, signal: AbortSignal): Promise<string> {
  if (text.includes(':') || node === undefined) return text;
  const { endPoint } = await import('../../query/forwarding/ends.ts');
  const { addresses } = await moment.finish(
    (atlas) => endPoint(atlas, text, { isStart: false, places: undefined }),
    signal,
  );
  const address = addresses.find((one) => one.includes(':'));
  if (address === undefined)
    throw mistake('check.address', `${name} has no IPv6 address`, 'name another endpoint, or proto: icmp');
  return address;
}

/** Once, whoever asks. */
export function once<T>(look: (signal: AbortSignal) => Promise<T>): (signal: AbortSignal) => Promise<T> {
  let looking: Promise<T> | undefined;
  return (signal) => {
    looking ??= look(signal);
    return looking;
  };
}
