/** What everyone should know of packet filters, of all namespaces together. */
import { NoticeOfMany } from '../notice-of-many.ts';

export class Notices extends NoticeOfMany<'refused' | 'legacy' | 'leftOut'> {
  constructor(say: (text: string | undefined) => void) {
    super(say, {
      refused: (some) => `cannot read packet filters of ${some}: needs CAP_SYS_ADMIN and CAP_NET_ADMIN`,
      legacy: (some) => `${some} has tables of the old ip_tables, which are not read: use iptables-nft`,
      leftOut: (some) => `${some} has more rules than are told: raise probes.netfilter.rules`,
    });
  }
}
