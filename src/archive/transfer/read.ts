/** An export, a page at a time. What has not come as it was written is told, and goes no further. */
import { StringDecoder } from 'node:string_decoder';
import { createGunzip } from 'node:zlib';
import { mistake } from '../../std/mistake.ts';
import type { Dumped } from '../dump.ts';
import { hashed } from './export.ts';
import { noExport, readLine, type TransferEnd, type TransferHeader, type TransferMark } from './lines.ts';

/** Of one page, unpacked: a thousand flows with all their points and packets are far below. */
const PAGE_CHARACTERS_MAX = 512 * 2 ** 20;
const LINE_CHARACTERS_MAX = 128 * 2 ** 20;

export type TransferPart =
  | { readonly kind: 'header'; readonly header: TransferHeader }
  | { readonly kind: 'page'; readonly page: number; readonly items: readonly Dumped[] }
  | { readonly kind: 'end'; readonly end: TransferEnd };

/** Throws a Mistake where the file is damaged or cut off; what came before was right. */
export async function* readTransfer(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<TransferPart> {
  let sha256: string | undefined;
  let lines: string[] = [];
  let size = 0;
  let pages = 0;
  for await (const line of linesOf(unpacked(pieces))) {
    if (sha256 === undefined) {
      const header = readLine(line);
      if (!('skein' in header)) throw noExport();
      sha256 = hashed('', `${line}\n`);
      yield { kind: 'header', header };
      continue;
    }
    if (line.startsWith('{"kind":')) {
      lines.push(line);
      size += line.length;
      if (size > PAGE_CHARACTERS_MAX)
        throw mistake('archive.page-too-long', `page ${pages + 1} of this export is too long`);
      continue;
    }
    const mark = readLine(line) as TransferMark | TransferEnd;
    if ('end' in mark) {
      if (lines.length > 0 || mark.sha256 !== sha256 || mark.pages !== pages) throw damaged(pages + 1);
      yield { kind: 'end', end: mark };
      return;
    }
    sha256 = hashed(sha256, lines.map((text) => `${text}\n`).join(''));
    pages++;
    if (mark.page !== pages || mark.sha256 !== sha256) throw damaged(pages);
    yield { kind: 'page', page: pages, items: lines.map((text) => readLine(text) as Dumped) };
    lines = [];
    size = 0;
  }
  if (sha256 === undefined) throw noExport();
  throw mistake(
    'archive.export-cut-off',
    `this export ends after ${pages} pages, and before its end`,
    'skein archive export goes on where it stopped when it is asked again for the same file',
  );
}

function damaged(page: number): Error {
  return mistake('archive.export-damaged', `page ${page} of this export is not as it was written`, 'take another copy');
}

/** By its first bytes: a name may lie. */
async function* unpacked(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const from = pieces[Symbol.asyncIterator]();
  const first = await from.next();
  if (first.done) return;
  const all = (async function* () {
    yield first.value;
    for (let next = await from.next(); !next.done; next = await from.next()) yield next.value;
  })();
  if (first.value[0] !== 0x1f || first.value[1] !== 0x8b) {
    yield* all;
    return;
  }
  const { Readable } = await import('node:stream');
  const gunzip = createGunzip();
  const source = Readable.from(all);
  source.on('error', (error) => gunzip.destroy(error));
  try {
    for await (const piece of source.pipe(gunzip)) yield piece as Uint8Array;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // Cut off in the middle of a member: the reader of lines says so.
    if (code === 'Z_BUF_ERROR') return;
    if (code?.startsWith('Z_')) throw mistake('archive.export-damaged', `this export cannot be unpacked: ${message}`);
    throw error;
  }
}

async function* linesOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const piece of pieces) {
    const texts = (rest + decoder.write(Buffer.from(piece.buffer, piece.byteOffset, piece.length))).split('\n');
    rest = texts.pop() ?? '';
    if (rest.length > LINE_CHARACTERS_MAX) throw mistake('archive.line-too-long', 'a line of this export is too long');
    yield* texts;
  }
}
