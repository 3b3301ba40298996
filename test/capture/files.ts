/** Capture files and frames for tests, as small as shows the point. */

/** An Ethernet frame with UDP from 10.0.0.1:port to 10.0.0.2:53, of 60 bytes. */
export function udpFrame(port = 4000, { vlan }: { vlan?: number } = {}): Uint8Array {
  const ip = udpPacket(port);
  const head = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, ...(vlan === undefined ? [] : [0x81, 0, vlan >> 8, vlan & 255])];
  return Uint8Array.from([...head, 8, 0, ...ip, ...new Array(Math.max(0, 46 - ip.length)).fill(0)]);
}

/** The same from its IPv4 header on: 30 bytes. */
export function udpPacket(port = 4000): Uint8Array {
  const ip = [0x45, 0, 0, 30, 0, 1, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2];
  const udp = [port >> 8, port & 255, 0, 53, 0, 10, 0, 0, 1, 2];
  return Uint8Array.from([...ip, ...udp]);
}

export interface Written {
  readonly data: Uint8Array;
  readonly s: number;
  /** µs or ns, as the file has it. */
  readonly fraction?: number;
  readonly length?: number;
}

/** A pcap file; `magic` says µs (0xa1b2c3d4) or ns (0xa1b23c4d). */
export function pcapFile(
  packets: readonly Written[],
  { magic = 0xa1b2c3d4, isLittle = true, linkType = 1 }: { magic?: number; isLittle?: boolean; linkType?: number } = {},
): Uint8Array {
  const file = new Words(isLittle);
  file.u32(magic).u16(2).u16(4).u32(0).u32(0).u32(65535).u32(linkType);
  for (const { data, s, fraction = 0, length = data.length } of packets)
    file.u32(s).u32(fraction).u32(data.length).u32(length).bytes(data);
  return file.done();
}

/** A block of pcapng, with its lengths; the body is padded. */
export function block(type: number, body: Words): Uint8Array {
  const bytes = body.pad().done();
  const size = bytes.length + 12;
  return new Words(body.isLittle).u32(type).u32(size).bytes(bytes).u32(size).done();
}

export function section(isLittle = true): Uint8Array {
  return block(0x0a0d0d0a, new Words(isLittle).u32(0x1a2b3c4d).u16(1).u16(0).u32(0xffffffff).u32(0xffffffff));
}

export function described({
  linkType = 1,
  snapLength = 0,
  resolution,
  offsetS,
  isLittle = true,
}: {
  linkType?: number;
  snapLength?: number;
  resolution?: number;
  offsetS?: number;
  isLittle?: boolean;
} = {}): Uint8Array {
  const body = new Words(isLittle).u16(linkType).u16(0).u32(snapLength);
  if (resolution !== undefined) body.u16(9).u16(1).bytes(Uint8Array.of(resolution)).pad();
  if (offsetS !== undefined) body.u16(14).u16(8).u64(BigInt(offsetS));
  return block(1, body.u16(0).u16(0));
}

/** Enhanced packet block; `time` in units of its interface. */
export function packetBlock(
  data: Uint8Array,
  time: bigint,
  {
    interface: of = 0,
    length = data.length,
    isLittle = true,
  }: { interface?: number; length?: number; isLittle?: boolean } = {},
): Uint8Array {
  const body = new Words(isLittle)
    .u32(of)
    .u32(Number(time >> 32n))
    .u32(Number(time & 0xffffffffn));
  return block(6, body.u32(data.length).u32(length).bytes(data));
}

/** Numbers of one endianness, one after the other. */
export class Words {
  readonly isLittle: boolean;
  #bytes: number[] = [];

  constructor(isLittle = true) {
    this.isLittle = isLittle;
  }

  u16(value: number): this {
    return this.#number(2, (view) => view.setUint16(0, value, this.isLittle));
  }
  u32(value: number): this {
    return this.#number(4, (view) => view.setUint32(0, value, this.isLittle));
  }
  u64(value: bigint): this {
    return this.#number(8, (view) => view.setBigInt64(0, value, this.isLittle));
  }
  bytes(bytes: Uint8Array): this {
    this.#bytes.push(...bytes);
    return this;
  }
  pad(): this {
    while (this.#bytes.length % 4 !== 0) this.#bytes.push(0);
    return this;
  }
  done(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }

  #number(size: number, write: (view: DataView) => void): this {
    const bytes = new Uint8Array(size);
    write(new DataView(bytes.buffer));
    return this.bytes(bytes);
  }
}

export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
