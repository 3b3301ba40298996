/** The ethtool family of generic netlink (linux/ethtool_netlink.h, since 5.6) tells when settings of devices change. */

import { Attributes } from '../../native/attributes.ts';
import { Conversation } from '../../native/conversation.ts';
import type { Door } from '../../native/door.ts';
import { MessageBuilder, messages, NLM_F } from '../../native/nlmsg.ts';

export const NETLINK_GENERIC = 16;
const GENL_ID_CTRL = 16;
const CTRL_CMD_GETFAMILY = 3;
const CTRL_ATTR_FAMILY_ID = 1;
const CTRL_ATTR_FAMILY_NAME = 2;
const CTRL_ATTR_MCAST_GROUPS = 7;
/** struct genlmsghdr. */
const GENL_SIZE = 4;

export interface Monitor {
  readonly family: number;
  readonly group: number;
}

/** Numbers are the machine's, so one question does. Undefined where the kernel has no such family. */
export async function findMonitor(door: Door): Promise<Monitor | undefined> {
  try {
    using conversation = new Conversation(await door.openNetlink({ protocol: NETLINK_GENERIC }));
    const request = new MessageBuilder(GENL_ID_CTRL, NLM_F.request)
      .fixed(Uint8Array.of(CTRL_CMD_GETFAMILY, 1, 0, 0))
      .string(CTRL_ATTR_FAMILY_NAME, 'ethtool')
      .build();
    for (const answer of await conversation.request(request))
      for (const { payload } of messages(answer)) {
        const found = readFamily(payload);
        if (found) return found;
      }
  } catch {
    // No such family, or nothing is let through: then settings are read again with their link's news.
  }
  return undefined;
}

export function readFamily(body: Uint8Array): Monitor | undefined {
  let family: number | undefined;
  let group: number | undefined;
  const attributes = new Attributes(body, GENL_SIZE);
  while (attributes.next()) {
    if (attributes.type === CTRL_ATTR_FAMILY_ID) family = attributes.u16();
    if (attributes.type !== CTRL_ATTR_MCAST_GROUPS) continue;
    const groups = attributes.nested();
    while (groups.next()) group ??= monitorGroup(groups.nested());
  }
  return family === undefined || group === undefined ? undefined : { family, group };
}

/** CTRL_ATTR_MCAST_GRP_*. */
function monitorGroup(attributes: Attributes): number | undefined {
  let name = '';
  let id: number | undefined;
  while (attributes.next()) {
    if (attributes.type === 1) name = attributes.text();
    if (attributes.type === 2) id = attributes.u32();
  }
  return name === 'monitor' ? id : undefined;
}

/** ETHTOOL_MSG_*_NTF of what we show: link info, link modes, features, channels. */
const NOTICES = new Set([3, 5, 13, 19]);

/** ifindex of the device whose settings changed. ETHTOOL_A_*_HEADER is 1 in all of them. */
export function changedDevice(body: Uint8Array): number | undefined {
  if (body.length < GENL_SIZE || !NOTICES.has(body[0] as number)) return undefined;
  const attributes = new Attributes(body, GENL_SIZE);
  while (attributes.next()) {
    if (attributes.type !== 1) continue;
    const header = attributes.nested();
    while (header.next()) if (header.type === 1) return header.u32();
  }
  return undefined;
}
