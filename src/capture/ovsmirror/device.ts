/** Where the device of an internal port is: in the namespace of the switch, which may be another than ours. */
import { readdir, readFile } from 'node:fs/promises';
import { Conversation } from '../../native/conversation.ts';
import type { Door } from '../../native/door.ts';
import { LITTLE, MessageBuilder, NLM_F } from '../../native/nlmsg.ts';
import { Unavailable } from '../../std/unavailable.ts';

/** linux/rtnetlink.h, linux/if_link.h, linux/if.h */
const RTM_NEWLINK = 16;
const IFLA_IFNAME = 3;
const IFF_UP = 1;
const NETLINK_ROUTE = 0;

type NetlinkDoor = Pick<Door, 'openNetlink'>;

/** Sets it up, in the first namespace that has it. Gives the path of that namespace; undefined: our own. */
export async function findDevice(door: NetlinkDoor, name: string): Promise<string | undefined> {
  for (const netns of [undefined, ...(await namespacesOfSwitches())]) if (await setUp(door, name, netns)) return netns;
  throw new Unavailable(
    `device ${name} is not found here`,
    'ovs-vswitchd on this machine, in a namespace that can be opened (CAP_SYS_ADMIN)',
  );
}

/** False when it is not there. A name that is made for it is no one else's. */
async function setUp(door: NetlinkDoor, name: string, netns: string | undefined): Promise<boolean> {
  const head = new Uint8Array(16);
  const view = new DataView(head.buffer);
  view.setUint32(8, IFF_UP, LITTLE);
  view.setUint32(12, IFF_UP, LITTLE);
  const message = new MessageBuilder(RTM_NEWLINK, NLM_F.request).fixed(head).string(IFLA_IFNAME, name).build();
  try {
    using netlink = new Conversation(
      await door.openNetlink({ protocol: NETLINK_ROUTE, ...(netns !== undefined && { netns }) }),
    );
    await netlink.request(message);
    return true;
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === 'EPERM' && netns === undefined)
      throw new Unavailable(`to set ${name} up`, 'CAP_NET_ADMIN', { cause: error });
    if (code === undefined) throw error;
    return false;
  }
}

async function namespacesOfSwitches(): Promise<string[]> {
  const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const names = await Promise.all(processes.map((pid) => readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')));
  return processes.filter((_, index) => names[index]?.trim() === 'ovs-vswitchd').map((pid) => `/proc/${pid}/ns/net`);
}
