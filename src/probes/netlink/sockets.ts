/** What is open in one namespace. */
import { Conversation } from '../../native/conversation.ts';
import type { DeviceSocket, Door, NetlinkSocket } from '../../native/door.ts';
import { type Monitor, NETLINK_GENERIC } from './monitor.ts';
import { GROUPS, NEWER_GROUPS } from './rtm.ts';

const NETLINK_ROUTE = 0;

export interface Sockets {
  /** Hears of every change from the moment it was opened: it comes first, so that nothing falls between. */
  readonly events: NetlinkSocket;
  readonly conversation: Conversation;
  readonly devices: DeviceSocket | undefined;
  readonly monitor: NetlinkSocket | undefined;
  close(): void;
}

/** `netns`: undefined is our own. Rejects with Errors that have a `code`; then nothing is left open. */
export async function openSockets(
  door: Door,
  netns: string | undefined,
  options: { readonly receiveBufferBytes: number; readonly monitor: Monitor | undefined },
): Promise<Sockets> {
  const place = netns === undefined ? {} : { netns };
  const open: { close(): void }[] = [];
  const hold = <T extends { close(): void }>(thing: T): T => {
    open.push(thing);
    return thing;
  };
  const close = () => {
    for (const thing of open) thing.close();
  };
  try {
    const events = hold(await openEvents(door, { ...place, receiveBufferBytes: options.receiveBufferBytes }));
    const socket = await door.openNetlink({ ...place, protocol: NETLINK_ROUTE, strict: true });
    const conversation = hold(new Conversation(socket));
    // Without these two an interface still is what it is; we only know less of it.
    const devices = await door.openDevices(place).then(hold, () => undefined);
    const { monitor: known } = options;
    const monitor = known
      ? await door
          .openNetlink({ ...place, protocol: NETLINK_GENERIC, groups: [known.group] })
          .then(hold, () => undefined)
      : undefined;
    return { events, conversation, devices, monitor, close };
  } catch (error) {
    close();
    throw error;
  }
}

async function openEvents(
  door: Door,
  options: { readonly netns?: string; readonly receiveBufferBytes: number },
): Promise<NetlinkSocket> {
  const request = { ...options, protocol: NETLINK_ROUTE };
  try {
    return await door.openNetlink({ ...request, groups: [...GROUPS, ...NEWER_GROUPS] });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EINVAL') throw error;
    return door.openNetlink({ ...request, groups: GROUPS });
  }
}
