/** What everyone should know of connection tracking, of all namespaces together. */
import { NoticeOfMany } from '../notice-of-many.ts';

/** Of the most that a table may have; a table that was that full is so until it is well below. */
const FULL_FROM = 0.8;
const FULL_UNTIL = 0.75;

export class Notices extends NoticeOfMany<'full' | 'refused'> {
  constructor(say: (text: string | undefined) => void) {
    super(say, {
      full: (some) =>
        `the connection tracking table of ${some} is nearly full: new connections will be dropped; raise net.netfilter.nf_conntrack_max`,
      refused: (some) => `cannot see connections tracked in ${some}: needs CAP_SYS_ADMIN and CAP_NET_ADMIN`,
    });
  }

  fill(name: string, share: number): void {
    this.set('full', name, share >= (this.has('full', name) ? FULL_UNTIL : FULL_FROM));
  }
}
