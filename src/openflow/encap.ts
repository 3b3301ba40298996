/** Headers that are put around a packet, or taken off it (ovs-actions(7), "encap" and "decap"). */
import { rawHex } from './bytes.ts';
import { action, type Json, type Said } from './said.ts';

export function readEncap(bytes: Buffer): Said {
  const PacketType = packetType(bytes.readUInt32BE(12));
  const found = readProperties(bytes.subarray(16));
  const words = found.map(({ text }) => text);
  const text = `encap(${PacketType}${words.length > 0 ? `(${words.join(',')})` : ''})`;
  const Props = found.length > 0 ? found.map(({ json }) => json) : null;
  return action('nx_encap', text, { HdrSize: bytes.readUInt16BE(10), PacketType, Props });
}

export function readDecap(bytes: Buffer): Said {
  const NewPktType = bytes.readUInt32BE(12);
  // What is inside says itself what it is.
  const isToBeSeen = NewPktType === 0x0001fffe || NewPktType === 0xfffe;
  return action('nx_decap', isToBeSeen ? 'decap()' : `decap(${packetTypeText(NewPktType)})`, { NewPktType });
}

/** Upper half: whose number it is; 1: a type of Ethernet. */
function packetType(type: number): string {
  return names[type] ?? packetTypeText(type);
}

const names: Readonly<Record<number, string>> = {
  0: 'ethernet',
  100687: 'nsh',
  100423: 'mpls',
  100424: 'mpls_mc',
};

function packetTypeText(type: number): string {
  const [space, number] = [type >>> 16, type & 0xffff];
  return `packet_type(ns=${space},id=0x${number.toString(16)})`;
}

interface Property {
  readonly json: Json;
  readonly text: string;
}

/** Of NSH (RFC 8300): the type of its metadata, and metadata. */
const [NSH, MD_TYPE, TLV] = [4, 1, 2];

/** Two bytes class, a type, a length with these, padded to eight. What cannot be read stands there as bytes, and ends it. */
function readProperties(bytes: Buffer): Property[] {
  const all: Property[] = [];
  let at = 0;
  while (at + 4 <= bytes.length) {
    const [PropClass, Type, Len] = [bytes.readUInt16BE(at), bytes.readUInt8(at + 2), bytes.readUInt8(at + 3)];
    if (Len < 4 || at + Len > bytes.length) break;
    all.push(property(PropClass, Type, bytes.subarray(at + 4, at + Len)));
    at += (Len + 7) & ~7;
  }
  const rest = bytes.subarray(Math.min(at, bytes.length));
  if (rest.length > 0) all.push({ json: { Raw: rawHex(rest) }, text: `0x${rawHex(rest)}` });
  return all;
}

function property(PropClass: number, Type: number, body: Buffer): Property {
  const head = { PropClass, Type, Len: body.length + 4 };
  if (PropClass === NSH && Type === MD_TYPE && body.length >= 1) {
    const MdType = body.readUInt8(0);
    return { json: { ...head, MdType }, text: `md_type=${MdType}` };
  }
  if (PropClass === NSH && Type === TLV && body.length >= 4 && 4 + body.readUInt8(3) <= body.length) {
    const [TlvClass, TlvType, TlvLen] = [body.readUInt16BE(0), body.readUInt8(2), body.readUInt8(3)];
    const value = body.subarray(4, 4 + TlvLen);
    const text = `tlv(0x${TlvClass.toString(16).padStart(4, '0')},${TlvType},0x${rawHex(value)})`;
    return { json: { ...head, TlvClass, TlvType, TlvLen, Value: value.toString('base64') }, text };
  }
  return { json: { ...head, Raw: rawHex(body) }, text: `property(${PropClass},${Type},0x${rawHex(body)})` };
}
