/** Counters of all interfaces of a namespace, as changes of the graph: totals, of those that moved. */

import type { Change } from '../../graph/change.ts';
import type { Conversation } from '../../native/conversation.ts';
import { messages } from '../../native/nlmsg.ts';
import { statsDump } from './requests.ts';
import { RTM } from './rtm.ts';
import { counterTotals, readStats } from './stats.ts';

export class Counters {
  /** What was read last, by ifindex: what did not move costs a comparison. */
  #last = new Map<number, Uint8Array>();

  /** `nodeOf`: its node, while it is in the graph. */
  async read(conversation: Conversation, nodeOf: (ifindex: number) => string | undefined): Promise<Change[]> {
    const changes: Change[] = [];
    const now = new Map<number, Uint8Array>();
    for await (const run of conversation.dump(statsDump()))
      for (const { type, payload } of messages(run)) {
        const read = type === RTM.newStats ? readStats(payload) : undefined;
        const id = read && nodeOf(read.ifindex);
        if (!read || id === undefined) continue;
        const before = this.#last.get(read.ifindex);
        const isSame = before !== undefined && Buffer.compare(before, read.bytes) === 0;
        now.set(read.ifindex, isSame ? before : read.bytes.slice());
        if (!isSame) changes.push({ kind: 'counters', id, series: 'Metric', total: counterTotals(read.bytes) });
      }
    this.#last = now;
    return changes;
  }
}
