/**
 * The hardware address of a neighbour, asked for on the link itself: nothing is left in the kernel's own table, and it
 * works where the interface has no address.
 */
import type { InjectionDoor } from '../../native/injection.ts';
import type { Clock } from '../../std/clock.ts';
import { heardIn } from '../answers/batch.ts';
import { ethertype } from '../packet/ethernet.ts';
import { type NeighbourQuestion, neighbourAnswer, neighbourQuestion } from '../packet/neighbour.ts';
import { records } from './records.ts';
import { refusal } from './refusal.ts';

export interface ResolveParts {
  readonly door: InjectionDoor;
  readonly clock: Clock;
  readonly netns: string | undefined;
  readonly ifIndex: number;
  readonly interfaceName: string;
  readonly signal: AbortSignal;
}

/** As the kernel does (mcast_solicit), but sooner. */
const TRIES = 3;
const TRY_MS = 400;

/** Undefined when nobody answers. */
export async function resolveMac(parts: ResolveParts, question: NeighbourQuestion): Promise<Uint8Array | undefined> {
  const { door, netns, ifIndex, signal } = parts;
  const place = { ...(netns !== undefined && { netns }), interfaceIndex: ifIndex };
  const protocol = question.target.length === 4 ? ethertype.arp : ethertype.ipv6;
  const answers = await door.openAnswers({ ...place, protocol, filter: ALL });
  try {
    const sender = await door.openSender(place);
    try {
      let found: Uint8Array | undefined;
      let wake: (() => void) | undefined;
      answers.onAnswers((batch) => {
        for (const { packet } of heardIn(batch)) found ??= neighbourAnswer(packet, question.target);
        if (found) wake?.();
      });
      const asking = records([neighbourQuestion(question)]);
      for (let left = TRIES; left > 0 && !found && !signal.aborted; left--) {
        const { code } = await sender.send(asking);
        if (code !== undefined) throw refusal(code, parts.interfaceName, asking.length);
        if (found) break;
        await new Promise<void>((resolve) => {
          const cancel = parts.clock.after(TRY_MS, resolve);
          wake = () => {
            cancel();
            resolve();
          };
        });
      }
      return found;
    } finally {
      sender.close();
    }
  } finally {
    answers.close();
  }
}

/** BPF_RET with all of it (linux/filter.h). */
const ALL = Uint8Array.of(0x06, 0, 0, 0, 0, 0, 4, 0);
