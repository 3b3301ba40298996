/** The lines of a file as they are read, some at a time. */
import { mistake } from '../std/mistake.ts';

/** A vertex with all of its edges stands on one line. */
export const LINE_BYTES_MAX = 64 * 2 ** 20;

/** Throws a Mistake for a line that is too long. */
export async function* linesOf(chunks: AsyncIterable<Buffer>, lineBytesMax = LINE_BYTES_MAX): AsyncGenerator<string[]> {
  let begun: Buffer[] = [];
  let begunBytes = 0;
  let line = 1;
  for await (const chunk of chunks) {
    const lines: string[] = [];
    let from = 0;
    for (let to = chunk.indexOf(NEWLINE); to >= 0; to = chunk.indexOf(NEWLINE, from)) {
      lines.push(begunBytes === 0 ? chunk.toString('utf8', from, to) : text([...begun, chunk.subarray(from, to)]));
      if (begunBytes > 0) [begun, begunBytes] = [[], 0];
      from = to + 1;
    }
    line += lines.length;
    if (from < chunk.length) {
      begun.push(chunk.subarray(from));
      begunBytes += chunk.length - from;
      if (begunBytes > lineBytesMax)
        throw mistake('graphfile.long-line', `line ${line}: longer than ${lineBytesMax} bytes`);
    }
    yield lines;
  }
  if (begunBytes > 0) yield [text(begun)];
}

function text(parts: readonly Buffer[]): string {
  return Buffer.concat(parts).toString('utf8');
}

const NEWLINE = 10;
