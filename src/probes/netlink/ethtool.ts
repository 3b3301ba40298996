/** Structs of SIOCETHTOOL (linux/ethtool.h): who drives a device, how fast it is, and what it does by itself. */

import { Attributes } from '../../native/attributes.ts';
import { LITTLE } from '../../native/nlmsg.ts';
import { macText } from '../../std/addresstext.ts';

const GSET = 0x01;
const GDRVINFO = 0x03;
const GSTRINGS = 0x1b;
const GPERMADDR = 0x20;
const GSSET_INFO = 0x37;
const GFEATURES = 0x3a;
const GCHANNELS = 0x3c;
const GLINKSETTINGS = 0x4c;
const ETH_SS_FEATURES = 4;
/** ETH_GSTRING_LEN. */
const STRING_SIZE = 32;
const DRVINFO_SIZE = 196;
const LINKSETTINGS_SIZE = 48;
const SETTINGS_SIZE = 44;
/** struct ethtool_get_features_block. */
const BLOCK_SIZE = 16;
/** A kernel has about 64 features today. */
export const FEATURES_MAX = 1024;
/** MAX_ADDR_LEN. */
const ADDRESS_MAX = 32;

export interface Driver {
  readonly name: string;
  readonly busInfo: string;
}

export const driverInfo = {
  request: (): Uint8Array => command(GDRVINFO, DRVINFO_SIZE),
  read(answer: Uint8Array): Driver {
    return { name: text(answer, 4, 32), busInfo: text(answer, 4 + 32 * 3, 32) };
  },
};

/** Mbit/s and 'half' or 'full'; undefined where the driver does not know, as with no carrier. */
export interface LinkMode {
  readonly speed: number | undefined;
  readonly duplex: string | undefined;
}

export const linkSettings = {
  /** `words`: of a mask of link modes. With the wrong number the kernel answers with the right one and no more. */
  request(words: number): Uint8Array {
    const request = command(GLINKSETTINGS, LINKSETTINGS_SIZE + words * 3 * 4);
    request[15] = words;
    return request;
  },
  /** The right number; it comes as a negative one. 0 where the answer is no such one. */
  words: (answer: Uint8Array): number => Math.max(0, -(((answer[15] ?? 0) << 24) >> 24)),
  read: (answer: Uint8Array): LinkMode => mode(Attributes.struct(answer).u32(4), answer[8]),
};

/** Before Linux 4.6. */
export const oldSettings = {
  request: (): Uint8Array => command(GSET, SETTINGS_SIZE),
  read(answer: Uint8Array): LinkMode {
    const struct = Attributes.struct(answer);
    return mode(struct.u16(12) | (struct.u16(28) << 16), answer[14]);
  },
};

export const permanentAddress = {
  request: (): Uint8Array => command(GPERMADDR, 8 + ADDRESS_MAX, ADDRESS_MAX),
  read(answer: Uint8Array): string {
    const size = Math.min(Attributes.struct(answer).u32(4), ADDRESS_MAX);
    const address = answer.subarray(8, 8 + size);
    return address.some((byte) => byte !== 0) ? macText(address) : '';
  },
};

export interface Channels {
  readonly [name: string]: number;
}

/** struct ethtool_channels: the largest numbers possible, then those in use. */
export const channelCounts = {
  request: (): Uint8Array => command(GCHANNELS, 36),
  /** Undefined of none. */
  read(answer: Uint8Array): Channels | undefined {
    const struct = Attributes.struct(answer);
    const counts = ['Rx', 'Tx', 'Other', 'Combined'].map((name, at) => [name, struct.u32(20 + at * 4)] as const);
    const used = counts.filter(([, count]) => count > 0);
    return used.length > 0 ? Object.fromEntries(used) : undefined;
  },
};

export const featureCount = {
  request(): Uint8Array {
    const request = command(GSSET_INFO, 20);
    // sset_mask is 64 bits wide.
    view(request).setUint32(LITTLE ? 8 : 12, 1 << ETH_SS_FEATURES, LITTLE);
    return request;
  },
  read: (answer: Uint8Array): number => Math.min(Attributes.struct(answer).u32(16), FEATURES_MAX),
};

export const featureNames = {
  request(count: number): Uint8Array {
    const request = command(GSTRINGS, 12 + count * STRING_SIZE, ETH_SS_FEATURES);
    view(request).setUint32(8, count, LITTLE);
    return request;
  },
  read(answer: Uint8Array): string[] {
    const count = Math.min(Attributes.struct(answer).u32(8), FEATURES_MAX);
    return Array.from({ length: count }, (_, at) => text(answer, 12 + at * STRING_SIZE, STRING_SIZE));
  },
};

export const featureBits = {
  request(count: number): Uint8Array {
    const blocks = Math.ceil(count / 32);
    return command(GFEATURES, 8 + blocks * BLOCK_SIZE, blocks);
  },
  /** What is active, 32 features a word. */
  read(answer: Uint8Array): number[] {
    const struct = Attributes.struct(answer);
    const blocks = Math.min(struct.u32(4), FEATURES_MAX / 32);
    return Array.from({ length: blocks }, (_, at) => struct.u32(8 + at * BLOCK_SIZE + 8));
  },
};

function command(number: number, sizeBytes: number, second = 0): Uint8Array {
  const bytes = new Uint8Array(sizeBytes);
  view(bytes).setUint32(0, number, LITTLE);
  view(bytes).setUint32(4, second, LITTLE);
  return bytes;
}

/** SPEED_UNKNOWN is all ones, in 16 bits of some drivers; DUPLEX_UNKNOWN is 0xff. */
function mode(speed: number, duplex: number | undefined): LinkMode {
  const isKnown = speed !== 0 && speed !== 0xffff && speed !== 0xffffffff;
  return { speed: isKnown ? speed : undefined, duplex: duplex === undefined ? undefined : DUPLEX[duplex] };
}

const DUPLEX = ['half', 'full'];

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function text(bytes: Uint8Array, from: number, length: number): string {
  const field = bytes.subarray(from, from + length);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
}
