/** IPCTNL_MSG_CT_GET_STATS and …_STATS_CPU: how full the table is, and what was counted since the machine started. */
import { Attributes } from '../../native/attributes.ts';
import { NFGEN_SIZE } from '../../native/ctnetlink.ts';
import { messages } from '../../native/nlmsg.ts';

export interface Fill {
  readonly entries: number;
  /** net.netfilter.nf_conntrack_max; 0 where it is not told (before 5.13). */
  readonly max: number;
}

export function readFill(answers: readonly Uint8Array[]): Fill | undefined {
  for (const answer of answers)
    for (const { payload } of messages(answer)) {
      let [entries, max] = [-1, 0];
      const attributes = new Attributes(payload, NFGEN_SIZE);
      while (attributes.next()) {
        if (attributes.type === 1) entries = attributes.be32();
        if (attributes.type === 2) max = attributes.be32();
      }
      if (entries >= 0) return { entries, max };
    }
  return undefined;
}

/** Of all processors together, by name. */
export class CpuStats {
  readonly total: Record<string, number> = Object.fromEntries(Object.values(NAMES).map((name) => [name, 0]));

  hear(batch: Uint8Array): void {
    for (const { payload } of messages(batch)) {
      const attributes = new Attributes(payload, NFGEN_SIZE);
      while (attributes.next()) {
        const name = NAMES[attributes.type];
        if (name !== undefined) this.total[name] = (this.total[name] ?? 0) + attributes.be32();
      }
    }
  }
}

/** enum ctattr_stats_cpu. Those that are always 0 in kernels of today are left out. */
const NAMES: Readonly<Record<number, string>> = {
  2: 'Found',
  4: 'Invalid',
  9: 'InsertFailed',
  10: 'Drop',
  11: 'EarlyDrop',
  12: 'Error',
  13: 'SearchRestart',
  14: 'ClashResolve',
  15: 'ChainTooLong',
};
