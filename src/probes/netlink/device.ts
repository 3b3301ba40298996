/** What ethtool says of a device, asked of one namespace's interfaces. Names of features are asked for once. */
import type { DeviceSocket } from '../../native/door.ts';
import {
  type Channels,
  channelCounts,
  driverInfo,
  featureBits,
  featureCount,
  featureNames,
  type LinkMode,
  linkSettings,
  oldSettings,
  permanentAddress,
} from './ethtool.ts';

export interface Device {
  /** '' where no driver answers, as on the loopback. */
  readonly driver: string;
  /** Undefined where no driver answers; '' and N/A are what drivers say. */
  readonly busInfo: string | undefined;
  readonly speed: number | undefined;
  readonly duplex: string | undefined;
  readonly permMac: string;
  readonly features: Readonly<Record<string, boolean>> | undefined;
  readonly channels: Channels | undefined;
}

/** Shared by all namespaces: the kernel has one list of features, and most devices have the same ones. */
export class FeatureSets {
  #names: readonly string[] | undefined;
  /** By the active bits: the same object for devices with the same features, which makes comparing them free. */
  readonly #sets = new Map<string, Readonly<Record<string, boolean>>>();

  read(ask: Ask): Readonly<Record<string, boolean>> | undefined {
    this.#names ??= readNames(ask);
    const names = this.#names;
    if (!names) return undefined;
    const answer = ask(featureBits.request(names.length));
    if (!answer) return undefined;
    const active = featureBits.read(answer);
    const key = active.join();
    let set = this.#sets.get(key);
    if (!set) {
      const named = names.map((name, at) => [name, (((active[at >> 5] ?? 0) >>> (at & 31)) & 1) === 1] as const);
      set = Object.fromEntries(named.filter(([name]) => name !== '').sort(([a], [b]) => (a < b ? -1 : 1)));
      if (this.#sets.size < SETS_MAX) this.#sets.set(key, set);
    }
    return set;
  }
}

/** Sets kept for sharing; devices with still other features have objects of their own. */
const SETS_MAX = 1_000;

/** Undefined where the device does not answer this question. */
type Ask = (request: Uint8Array) => Uint8Array | undefined;

/** Every question may go unanswered: the interface may be gone, renamed, or have no driver. */
export class DeviceReader {
  readonly #features: FeatureSets;
  /** Words of a mask of link modes: the kernel's number, the same for all devices. */
  #words = 0;

  constructor(features: FeatureSets) {
    this.#features = features;
  }

  /** `isVirtual`: made of software alone; then there is no use in asking for its hardware. */
  read(socket: DeviceSocket, name: string, isVirtual: boolean): Device {
    const ask = asker(socket, name);
    const info = ask(driverInfo.request());
    const driver = info && driverInfo.read(info);
    const counted = driver && !isVirtual ? ask(channelCounts.request()) : undefined;
    const permanent = isVirtual ? undefined : ask(permanentAddress.request());
    return {
      driver: driver?.name ?? '',
      busInfo: driver?.busInfo,
      permMac: permanent ? permanentAddress.read(permanent) : '',
      features: driver ? this.#features.read(ask) : undefined,
      channels: counted ? channelCounts.read(counted) : undefined,
      ...this.#mode(ask),
    };
  }

  /** What changes as a link gets or loses its carrier; each question waits for the kernel's lock of all devices. */
  readMode(socket: DeviceSocket, name: string): LinkMode {
    return this.#mode(asker(socket, name));
  }

  #mode(ask: Ask): LinkMode {
    const answer = this.#words > 0 ? ask(linkSettings.request(this.#words)) : this.#learnWords(ask);
    if (answer) return linkSettings.read(answer);
    const old = this.#words > 0 ? undefined : ask(oldSettings.request());
    return old ? oldSettings.read(old) : { speed: undefined, duplex: undefined };
  }

  #learnWords(ask: Ask): Uint8Array | undefined {
    const sizes = ask(linkSettings.request(0));
    this.#words = sizes ? linkSettings.words(sizes) : 0;
    return this.#words > 0 ? ask(linkSettings.request(this.#words)) : undefined;
  }
}

function asker(socket: DeviceSocket, name: string): Ask {
  return (request) => {
    try {
      return socket.ethtool(name, request);
    } catch {
      return undefined;
    }
  };
}

function readNames(ask: Ask): readonly string[] | undefined {
  const counted = ask(featureCount.request());
  const count = counted ? featureCount.read(counted) : 0;
  const answer = count > 0 ? ask(featureNames.request(count)) : undefined;
  return answer && featureNames.read(answer);
}
