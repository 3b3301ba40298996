/** RTA_ENCAP of a next hop (linux/lwtunnel.h): what its packets are wrapped in, in the words of ip-route(8). */
import type { Attributes } from '../../native/attributes.ts';
import { ipText } from '../../std/addresstext.ts';

/** Labels of MPLS and segments of a route that are shown. */
const PARTS_MAX = 32;

export class Encap {
  /** LWTUNNEL_ENCAP_*; 0 is none. */
  type = 0;
  inside: Attributes | undefined;

  /** '' where there is none. */
  text(): string {
    if (this.type === 0) return '';
    const name = NAMES[this.type] ?? this.type.toString();
    const more = this.inside && MORE[this.type]?.(this.inside);
    return more ? `${name} ${more}` : name;
  }
}

const NAMES = ['', 'mpls', 'ip', 'ila', 'ip6', 'seg6', 'bpf', 'seg6local', 'rpl', 'ioam6', 'xfrm'];

const MORE: Readonly<Record<number, (inside: Attributes) => string>> = {
  1: labels,
  2: tunnel,
  4: tunnel,
  5: segments,
};

/** MPLS_IPTUNNEL_DST (linux/mpls_iptunnel.h): a stack of labels, 20 bits each (RFC 3032). */
function labels(inside: Attributes): string {
  const found: number[] = [];
  while (inside.next())
    if (inside.type === 1)
      for (let at = 0; at + 4 <= inside.length && found.length < PARTS_MAX; at += 4) found.push(inside.be32(at) >>> 12);
  return found.join('/');
}

/** LWTUNNEL_IP_*: number and ends of a tunnel. */
function tunnel(inside: Attributes): string {
  const words: string[] = [];
  while (inside.next()) {
    if (inside.type === 1) words.push(`id ${inside.be32(0) * 2 ** 32 + inside.be32(4)}`);
    if (inside.type === 2) words.push(`dst ${ipText(inside.bytes())}`);
    if (inside.type === 3 && !isAny(inside.bytes())) words.push(`src ${ipText(inside.bytes())}`);
  }
  return words.join(' ');
}

/** SEG6_IPTUNNEL_SRH (linux/seg6_iptunnel.h): a mode, and a header (RFC 8754) that lists segments, the last one first. */
function segments(inside: Attributes): string {
  while (inside.next()) {
    if (inside.type !== 1) continue;
    const mode = ['inline', 'encap', 'l2encap', 'encap.red', 'l2encap.red'][inside.u32()] ?? inside.u32().toString();
    const found: string[] = [];
    for (let at = MODE + SRH; at + 16 <= inside.length && found.length < PARTS_MAX; at += 16)
      found.unshift(ipText(inside.bytes(at, 16)));
    return `mode ${mode} segs ${found.join(',')}`;
  }
  return '';
}

const MODE = 4;
const SRH = 8;

function isAny(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}
