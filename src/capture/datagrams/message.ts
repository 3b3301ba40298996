/** Messages of NetFlow v9 (RFC 3954 §5.1) and IPFIX (RFC 7011 §3.1): a header, then sets. */
import { ByteReader } from '../../flow/application/byte-reader.ts';
import type { MessageTimes } from './domain.ts';

export interface Message {
  readonly version: 9 | 10;
  readonly domain: number;
  /** v9: messages sent before; IPFIX: data records sent before. */
  readonly sequence: number;
  readonly times: MessageTimes;
  readonly sets: readonly { readonly id: number; readonly body: ByteReader }[];
  /** It goes on with something that is no set. */
  readonly isTorn: boolean;
}

/** Undefined when it is neither. */
export function templatedMessage(bytes: Uint8Array): Message | undefined {
  const reader = new ByteReader(bytes);
  const version = reader.u16();
  const length = reader.u16();
  if (version !== 9 && version !== 10) return undefined;
  const uptimeMs = version === 9 ? reader.u32() : undefined;
  const exportMs = reader.u32() * 1_000;
  const sequence = reader.u32();
  const domain = reader.u32();
  if (reader.isCut || (version === 10 && length < 16)) return undefined;
  const end = version === 10 ? Math.min(length, bytes.length) : bytes.length;
  const { sets, isTorn } = setsIn(new ByteReader(bytes, reader.at, end));
  return {
    version,
    domain,
    sequence,
    times: { exportMs, uptimeMs },
    sets,
    isTorn: isTorn || (version === 10 && length > bytes.length),
  };
}

function setsIn(reader: ByteReader): Pick<Message, 'sets' | 'isTorn'> {
  const sets: { id: number; body: ByteReader }[] = [];
  while (reader.left >= 4) {
    const [id, length] = [reader.u16(), reader.u16()];
    const body = reader.part(length - 4);
    if (reader.isCut) return { sets, isTorn: true };
    sets.push({ id, body });
  }
  return { sets, isTorn: false };
}
