/**
 * Says when a device has gone. A packet socket looks for its interface by name, and a switch that is started anew makes
 * another one of the same name at once.
 */
import { Attributes } from '../../native/attributes.ts';
import type { Door } from '../../native/door.ts';
import { messages } from '../../native/nlmsg.ts';

/** linux/rtnetlink.h, linux/if_link.h */
const RTM_DELLINK = 17;
const RTNLGRP_LINK = 1;
const IFLA_IFNAME = 3;
const IFINFO_BYTES = 16;
const NETLINK_ROUTE = 0;

export interface Departure {
  /** Resolves with what happened. */
  readonly gone: Promise<string>;
  close(): void;
}

export async function watchDeparture(
  door: Pick<Door, 'openNetlink'>,
  name: string,
  netns: string | undefined,
): Promise<Departure> {
  const news = await door.openNetlink({
    protocol: NETLINK_ROUTE,
    groups: [RTNLGRP_LINK],
    ...(netns !== undefined && { netns }),
  });
  const { promise: gone, resolve } = Promise.withResolvers<string>();
  news.onBatch((batch, overrun) => {
    if (overrun) resolve('what became of its interface is not known');
    for (const { type, payload } of messages(batch))
      if (type === RTM_DELLINK && nameOf(payload) === name) resolve('the interface is gone');
  });
  return { gone, close: () => news.close() };
}

function nameOf(payload: Uint8Array): string | undefined {
  const cursor = new Attributes(payload, IFINFO_BYTES);
  while (cursor.next()) if (cursor.type === IFLA_IFNAME) return cursor.text();
  return undefined;
}
