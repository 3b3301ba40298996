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

/** Undefined where the device does not answer this question. */
type Ask = (request: Uint8Array) => Promise<Uint8Array | undefined>;

/** Every question may go unanswered: the interface may be gone, renamed, or have no driver. */
export class DeviceReader {
  readonly #features = new FeatureSets();
  /** Words of a mask of link modes: the kernel's number, the same for all devices. */
  #words = 0;

  /**
   * `isVirtual`: made of software alone; then there is no use in asking for its hardware. All is asked at once: each
   * answer may wait for the kernel's lock of all devices.
   */
  async read(socket: DeviceSocket, name: string, isVirtual: boolean): Promise<Device> {
    const ask = asker(socket, name);
    const names = await this.#features.names(ask);
    const [info, bits, counted, permanent, mode] = await Promise.all([
      ask(driverInfo.request()),
      names && ask(featureBits.request(names.length)),
      isVirtual ? undefined : ask(channelCounts.request()),
      isVirtual ? undefined : ask(permanentAddress.request()),
      this.#mode(ask),
    ]);
    const driver = info && driverInfo.read(info);
    return {
      driver: driver?.name ?? '',
      busInfo: driver?.busInfo,
      permMac: permanent ? permanentAddress.read(permanent) : '',
      features: driver && names && bits ? this.#features.of(names, featureBits.read(bits)) : undefined,
      channels: driver && counted ? channelCounts.read(counted) : undefined,
      ...mode,
    };
  }

  /** What changes as a link gets or loses its carrier. */
  readMode(socket: DeviceSocket, name: string): Promise<LinkMode> {
    return this.#mode(asker(socket, name));
  }

  async #mode(ask: Ask): Promise<LinkMode> {
    const answer = this.#words > 0 ? await ask(linkSettings.request(this.#words)) : await this.#learnWords(ask);
    if (answer) return linkSettings.read(answer);
    const old = this.#words > 0 ? undefined : await ask(oldSettings.request());
    return old ? oldSettings.read(old) : { speed: undefined, duplex: undefined };
  }

  async #learnWords(ask: Ask): Promise<Uint8Array | undefined> {
    const sizes = await ask(linkSettings.request(0));
    const words = sizes ? linkSettings.words(sizes) : 0;
    if (words === 0) return undefined;
    this.#words = words;
    return ask(linkSettings.request(words));
  }
}

/** The kernel has one list of features, and most devices have the same ones. */
class FeatureSets {
  #names: readonly string[] | undefined;
  /** By the active bits: the same object for devices with the same features, which makes comparing them free. */
  readonly #sets = new Map<string, Readonly<Record<string, boolean>>>();

  /** Asked until a device answers. */
  async names(ask: Ask): Promise<readonly string[] | undefined> {
    this.#names ??= await readNames(ask);
    return this.#names;
  }

  of(names: readonly string[], active: readonly number[]): Readonly<Record<string, boolean>> {
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

function asker(socket: DeviceSocket, name: string): Ask {
  return (request) => socket.ethtool(name, request).catch(() => undefined);
}

async function readNames(ask: Ask): Promise<readonly string[] | undefined> {
  const counted = await ask(featureCount.request());
  const count = counted ? featureCount.read(counted) : 0;
  const answer = count > 0 ? await ask(featureNames.request(count)) : undefined;
  return answer && featureNames.read(answer);
}
