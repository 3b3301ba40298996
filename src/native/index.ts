/** Opens the door: the only place that loads the addon. */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Unavailable } from '../std/unavailable.ts';
import { asDialDoor, type DialAddon, type DialDoor } from './dial.ts';
import type { Door } from './door.ts';
import { asDropsDoor, type DropsAddon, type DropsDoor } from './drops.ts';
import { asInjectionDoor, type InjectionDoor } from './injection.ts';
import { type Bell, watchNamespaces } from './namespace_watch.ts';
import type { PacketDoor } from './packets.ts';
import { asPacketDoor, type PacketAddon } from './packets_door.ts';
import { asSocketDoor, type SocketAddon } from './sockets.ts';

const ADDON = fileURLToPath(new URL('../../build/skein.node', import.meta.url));

/** Throws Unavailable when the addon is not built or does not fit this machine. Loading it twice is free. */
export function openDoor(): Door {
  return asDoor(load());
}

/** The other half of the door, and the same addon. */
export function openPacketDoor(): PacketDoor {
  return asPacketDoor(load());
}

/** What sends packets of our own, and hears what comes back. */
export function openInjectionDoor(): InjectionDoor {
  return asInjectionDoor(load());
}

/** Sockets that try to reach an address, and the same addon. */
export function openDialDoor(): DialDoor {
  return asDialDoor(load());
}

/** What the kernel drops, and the same addon. */
export function openDropsDoor(): DropsDoor {
  return asDropsDoor(load());
}

interface Addon
  extends Omit<Door, 'watchNamespaces' | 'watchSockets'>,
    PacketAddon,
    SocketAddon,
    InjectionDoor,
    DialAddon,
    DropsAddon {
  watchNamespaces(onRing: () => void): Bell;
}

function load(): Addon {
  try {
    return createRequire(import.meta.url)(ADDON) as Addon;
  } catch (cause) {
    throw new Unavailable(`the native addon (${ADDON}) does not load`, 'to be built here: npm run setup', {
      cause,
    });
  }
}

/** Argument mistakes reject like every other failure of an asynchronous call. */
function asDoor(addon: Addon): Door {
  return {
    openNetlink: async (options) => addon.openNetlink(options),
    openDevices: async (options) => addon.openDevices(options),
    openFrames: async (options) => addon.openFrames(options),
    netnsIdentity: (path) => addon.netnsIdentity(path),
    processNamespaces: () => addon.processNamespaces(),
    watchNamespaces: (onChange) => watchNamespaces((onRing) => addon.watchNamespaces(onRing), onChange),
    ...asSocketDoor(addon),
  };
}
