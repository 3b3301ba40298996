/** What protobufjs made of relay.proto, with what it throws turned into a WireFault. */
import protobuf from 'protobufjs/minimal.js';
import { WireFault } from './fault.ts';
import { skein } from './relay.gen.js';

export const wire = skein.relay;

interface Kind<T> {
  readonly decode: (reader: protobuf.Reader, length?: number) => T;
}

/** One message as a whole. `base`: where its bytes are in all that came. */
export function decodeAs<T>(kind: Kind<T>, bytes: Uint8Array, base: number): T {
  // The reader of Buffers reads texts quicker than the one of plain bytes.
  const reader = protobuf.Reader.create(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
  try {
    return kind.decode(reader);
  } catch (error) {
    throw new WireFault(error instanceof Error ? error.message : String(error), base + reader.pos);
  }
}

export function bytesOf<T>(kind: { encode(message: T): protobuf.Writer }, message: T): Uint8Array {
  return kind.encode(message).finish();
}

/** A message inside, as it was decoded: its fields are all there. The declared types say this of the outermost alone. */
export function part<T>(_: abstract new (...from: never[]) => T, decoded: object | null | undefined): T | undefined {
  return (decoded ?? undefined) as T | undefined;
}
