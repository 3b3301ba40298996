/** Versions of OpenFlow: what both sides speak (OpenFlow 1.5 §6.3.1, §7.5.1). Wire numbers: 1 is 1.0, 6 is 1.5. */
export const VERSIONS: readonly number[] = [1, 2, 3, 4, 5, 6];

export function versionText(wire: number): string {
  return `1.${wire - 1}`;
}

/** OpenFlow13 → 4; undefined when there is none such. */
export function versionNamed(name: string): number | undefined {
  const [, minor] = /^OpenFlow1([0-5])$/.exec(name) ?? [];
  return minor === undefined ? undefined : Number(minor) + 1;
}

/** What a hello has behind its header: one bit for each version. */
export function helloBody(versions: readonly number[]): Buffer {
  const body = Buffer.alloc(8);
  body.writeUInt16BE(1, 0);
  body.writeUInt16BE(8, 2);
  body.writeUInt32BE(versions.reduce((bits, version) => bits | (1 << version), 0) >>> 0, 4);
  return body;
}

/** The highest that both speak; without a list of bits the other speaks all up to that of its header. */
export function agreed(versions: readonly number[], theirs: number, body: Buffer): number | undefined {
  const bits = bitmapOf(body);
  const common = versions.filter((version) => (bits === undefined ? version <= theirs : bits & (1 << version)));
  if (common.length === 0) return undefined;
  const highest = Math.max(...common);
  // Who says no bits means its own version, or what is less of ours.
  return bits === undefined && highest < theirs && Math.max(...versions) > theirs ? undefined : highest;
}

function bitmapOf(body: Buffer): number | undefined {
  let at = 0;
  while (at + 4 <= body.length) {
    const [type, length] = [body.readUInt16BE(at), body.readUInt16BE(at + 2)];
    if (length < 4 || at + length > body.length) return undefined;
    if (type === 1 && length >= 8) return body.readUInt32BE(at + 4);
    at += (length + 7) & ~7;
  }
  return undefined;
}
