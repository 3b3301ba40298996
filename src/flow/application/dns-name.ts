/** Domain names (RFC 1035 §3.1) with compression (§4.1.4): a pointer goes back only, so following them ends. */
import { ByteReader } from './byte-reader.ts';
import { printable } from './text.ts';

const nameBytesMax = 255;
/** A name has at most 127 labels, so more are of use to nobody. */
const pointersMax = 127;

/** Reads past the name. Undefined, and the reader cut, when it is none. The root is ''. */
export function dnsName(reader: ByteReader): string | undefined {
  const labels: string[] = [];
  let from = reader;
  let lowest = reader.at;
  let size = 0;
  let pointers = 0;
  for (;;) {
    const length = from.u8();
    if (from.isCut) break;
    if (length === 0) return labels.join('.');
    if (length < 0x40) {
      const label = from.take(length);
      size += 1 + length;
      if (from.isCut || size > nameBytesMax) break;
      labels.push(printable(label).replaceAll('.', '\\.'));
    } else if (length >= 0xc0) {
      const target = ((length & 0x3f) << 8) | from.u8();
      if (from.isCut || target >= lowest || ++pointers > pointersMax) break;
      lowest = target;
      from = new ByteReader(reader.bytes, target, reader.bytes.length);
    } else break;
  }
  reader.isCut = true;
  return undefined;
}
