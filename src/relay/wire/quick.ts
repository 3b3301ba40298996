/** Methods that every Buffer has and that its types do not name: each is one call into the runtime, with no checks before. */
export interface QuickBuffer extends Buffer {
  utf8Slice(start: number, end: number): string;
  utf8Write(text: string, at: number, length: number): number;
}

/** A view. */
export function quick(bytes: Uint8Array): QuickBuffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length) as unknown as QuickBuffer;
}
