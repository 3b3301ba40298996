/** A place in the line of news: a question of ours, whose answer stands behind everything that was told before it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { NetlinkSocket } from '../../native/door.ts';
import { LITTLE, messages } from '../../native/nlmsg.ts';
import { linkRequest } from './requests.ts';

/** Then it was dropped too: the line was full. */
const WAIT_MS = 100;
/** Every namespace has its loopback. */
const LOOPBACK = 1;

let marks = 0;

export class Mark {
  readonly #portId: number;
  readonly #sequence = ++marks >>> 0;
  readonly #passed = Promise.withResolvers<boolean>();

  constructor(events: NetlinkSocket) {
    this.#portId = events.portId;
    const question = linkRequest(LOOPBACK);
    new DataView(question.buffer, question.byteOffset).setUint32(8, this.#sequence, LITTLE);
    // Refused when we are closing, or the kernel has no room for it now.
    events.send(question).catch(() => undefined);
  }

  /** What stands behind it in a batch; undefined while it has not come. */
  after(batch: Uint8Array): Uint8Array | undefined {
    for (const { sequence, portId, bytes } of messages(batch)) {
      if (sequence !== this.#sequence || portId !== this.#portId) continue;
      this.#passed.resolve(true);
      const end = bytes.byteOffset - batch.byteOffset + ((bytes.length + 3) & ~3);
      return batch.subarray(Math.min(end, batch.length));
    }
    return undefined;
  }

  /** False when it does not come any more. */
  async isPassed(signal: AbortSignal): Promise<boolean> {
    const late = new AbortController();
    const over = sleep(WAIT_MS, false, { signal: AbortSignal.any([signal, late.signal]), ref: false }).catch(
      () => false,
    );
    const isPassed = await Promise.race([this.#passed.promise, over]);
    late.abort();
    return isPassed;
  }
}
