/** Asks for everything there is in a namespace. */
import type { Conversation } from '../../native/conversation.ts';
import { NetlinkError } from '../../native/netlink_error.ts';
import { messages } from '../../native/nlmsg.ts';
import {
  PARENT_EGRESS,
  PARENT_INGRESS,
  PARENT_INGRESS_OLD,
  type QueueDiscipline,
  readQueueDiscipline,
} from './filter.ts';
import { hasMulticastRouting, MULTICAST_FAMILIES } from './multicastroute.ts';
import { News } from './news.ts';
import {
  addressDump,
  bridgeDump,
  FAMILIES,
  filterDump,
  forwardingDump,
  linkDump,
  neighbourDump,
  netconfDump,
  nexthopDump,
  qdiscDump,
  routeDump,
  ruleDump,
} from './requests.ts';
import type { Slices } from './slices.ts';
import type { Tables } from './tables.ts';

const ATTEMPTS = 4;
/** Messages between two breaths. */
const STEP = 128;

/**
 * Fills `tables`. Tells whether the list of links is of one moment: if not, one that is missing may be there all the
 * same. Throws NetlinkError where links cannot be read; other tables may be missing from a kernel.
 */
export async function readAll(
  conversation: Conversation,
  tables: Tables,
  slices: Slices,
): Promise<{ areLinksSure: boolean }> {
  // What was touched is everything: nobody asks.
  const news = new News();

  async function read(request: Uint8Array): Promise<boolean> {
    for (let attempt = 1; ; attempt++) {
      const dump = conversation.dump(request);
      try {
        for await (const run of dump) {
          let heard = 0;
          for (const { type, flags, payload } of messages(run)) {
            tables.hear({ type, flags, body: payload }, news);
            if (++heard % STEP === 0) await slices.breathe();
          }
          await slices.breathe();
        }
      } catch (error) {
        if (attempt < ATTEMPTS && error instanceof NetlinkError && PASSING.has(error.code)) continue;
        throw error;
      }
      if (!dump.interrupted || attempt >= ATTEMPTS) return !dump.interrupted;
    }
  }

  async function readIfThere(request: Uint8Array): Promise<void> {
    try {
      await read(request);
    } catch (error) {
      if (!(error instanceof NetlinkError) || !MISSING.has(error.code)) throw error;
    }
  }

  /** Where filters may hang. Roots with classes are left to their own tools. */
  async function hooks(): Promise<Hook[]> {
    const found: Hook[] = [];
    try {
      for (const run of (await conversation.dumpAll(qdiscDump())).batches)
        for (const { payload } of messages(run)) {
          const told = readQueueDiscipline(payload);
          if (told) found.push(...hooksOf(told));
        }
    } catch (error) {
      if (!(error instanceof NetlinkError) || !MISSING.has(error.code)) throw error;
    }
    return found;
  }

  await slices.breathe();
  await readIfThere(nexthopDump());
  const areLinksSure = await read(linkDump());
  const isBridged = [...tables.links.values()].some((link) => link.kind === 'bridge' || link.master !== 0);
  if (isBridged) await readIfThere(bridgeDump());
  await readIfThere(addressDump());
  for (const family of FAMILIES) await readIfThere(routeDump(family));
  for (const family of MULTICAST_FAMILIES.filter(hasMulticastRouting)) await readIfThere(routeDump(family));
  for (const family of FAMILIES) await readIfThere(ruleDump(family));
  for (const family of FAMILIES) await readIfThere(netconfDump(family));
  await readIfThere(neighbourDump());
  await readIfThere(forwardingDump());
  for (const { ifindex, parent } of await hooks()) await readIfThere(filterDump(ifindex, parent));
  return { areLinksSure };
}

interface Hook {
  readonly ifindex: number;
  readonly parent: number;
}

export function hooksOf({ ifindex, kind }: QueueDiscipline): Hook[] {
  if (kind === 'ingress') return [{ ifindex, parent: PARENT_INGRESS_OLD }];
  if (kind !== 'clsact') return [];
  return [
    { ifindex, parent: PARENT_INGRESS },
    { ifindex, parent: PARENT_EGRESS },
  ];
}

/** Too much at once, or it changed while it was told. */
const PASSING = new Set(['ENOBUFS', 'EINTR', 'EBUSY']);
/** This kernel was built without it, or is older. */
const MISSING = new Set(['EOPNOTSUPP', 'ENOTSUP', 'ENOTSUPP', 'EAFNOSUPPORT', 'EINVAL', 'ENOENT', 'EPROTONOSUPPORT']);
