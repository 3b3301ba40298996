/**
 * Plain files of a tar archive (POSIX.1-1988 ustar), as bundles have them, piece by piece. What is input from elsewhere
 * is read by a reader that knows no links, no long names and no extensions: there is nothing in them that we wrote.
 */
import { mistake } from '../std/mistake.ts';

export type TarPart =
  | { readonly kind: 'file'; readonly name: string; readonly size: number }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array };

const BLOCK = 512;

/**
 * Throws a Mistake for what is no such archive, or ends before its end. Memory: one piece and a block. What comes behind
 * the end is not read, however much it is.
 */
export async function* readTar(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<TarPart> {
  let head: Buffer = Buffer.alloc(0);
  let left = 0;
  let padding = 0;
  for await (const piece of pieces) {
    let rest: Uint8Array = piece;
    while (rest.length > 0) {
      if (left > 0) {
        const bytes = rest.subarray(0, left);
        left -= bytes.length;
        rest = rest.subarray(bytes.length);
        yield { kind: 'bytes', bytes };
      } else if (padding > 0) {
        const skipped = Math.min(padding, rest.length);
        padding -= skipped;
        rest = rest.subarray(skipped);
      } else {
        const taken = rest.subarray(0, BLOCK - head.length);
        head = Buffer.concat([head, taken]);
        rest = rest.subarray(taken.length);
        if (head.length < BLOCK) continue;
        if (head.every((byte) => byte === 0)) return;
        const file = headIn(head);
        left = file.size;
        padding = (BLOCK - (left % BLOCK)) % BLOCK;
        yield file;
        head = Buffer.alloc(0);
      }
    }
  }
  throw cutOff();
}

function headIn(block: Buffer): Extract<TarPart, { kind: 'file' }> {
  const sum = block.reduce((all, byte, at) => all + (at >= 148 && at < 156 ? 32 : byte), 0);
  if (numberIn(block, 148, 8) !== sum) throw noBundle();
  const [name, size, type] = [textIn(block, 0, 100), numberIn(block, 124, 12), block[156]];
  const prefix = textIn(block, 345, 155);
  const whole = prefix === '' ? name : `${prefix}/${name}`;
  if (type !== 0 && type !== 0x30)
    throw mistake(
      'bundle.not-plain',
      `${JSON.stringify(whole)} in this bundle is no plain file`,
      'a bundle holds plain files alone: take another copy',
    );
  if (size === undefined) throw noBundle();
  return { kind: 'file', name: whole, size };
}

function textIn(block: Buffer, at: number, length: number): string {
  const text = block.toString('latin1', at, at + length);
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}

/** Octal digits: up to 8 GiB. Sizes beyond that have another form, which no bundle needs. */
function numberIn(block: Buffer, at: number, length: number): number | undefined {
  const digits = textIn(block, at, length).trim();
  return /^[0-7]{1,11}$/.test(digits) ? Number.parseInt(digits, 8) : undefined;
}

export function noBundle(): Error {
  return mistake('bundle.none', 'this is no bundle', 'skein bundle --from -1h makes one');
}

export function cutOff(): Error {
  return mistake('bundle.cut-off', 'this bundle ends before its end', 'take another copy');
}
