/** A capture's filter as a program; what is wrong with it as what its reader can do about it. */
import type { PacketDoor } from '../native/packets.ts';
import { Mistake } from '../std/mistake.ts';
import { Unavailable } from '../std/unavailable.ts';
import type { CaptureOptions } from './mechanism.ts';

/** Throws Mistake with the position in the filter, and Unavailable without libpcap. */
export function filterProgram(
  door: Pick<PacketDoor, 'compileFilter'>,
  { filter, headerSize }: Pick<CaptureOptions, 'filter' | 'headerSize'>,
  linkType: number,
): Uint8Array {
  try {
    return door.compileFilter(filter, linkType, headerSize);
  } catch (error) {
    const { code, message, reason, position } = error as Refusal;
    if (code === 'ENOTSUP') throw new Unavailable('a filter', `libpcap (${message})`, { cause: error });
    if (code !== 'EINVAL') throw error;
    const fault = { code: 'capture.filter', message: `filter "${filter}": ${reason ?? message}` };
    throw new Mistake(
      [position === undefined ? fault : { ...fault, from: position, to: wordEnd(filter, position) }],
      filter,
    );
  }
}

interface Refusal {
  readonly code?: string;
  readonly message: string;
  readonly reason?: string;
  readonly position?: number;
}

function wordEnd(text: string, from: number): number {
  const rest = text.slice(from).search(/\s/);
  return rest < 0 ? text.length : from + rest;
}
