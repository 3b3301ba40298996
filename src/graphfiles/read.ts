/** Reads a graph from a file, in any of the formats. */
import { createReadStream } from 'node:fs';
import { type FileHandle, open, readFile, stat } from 'node:fs/promises';
import type { GraphWriter } from '../query/gremlin/property-graph.ts';
import { mistake } from '../std/mistake.ts';
import { Unavailable } from '../std/unavailable.ts';
import { formatOf, type GraphFormat } from './format.ts';
import { readGraphml } from './graphml/read.ts';
import { GraphsonReading, isDocument } from './graphson/read.ts';
import { JsonLinesReading } from './jsonlines/read.ts';
import { linesOf } from './lines.ts';
import { endedInTurns, type Loaded, nextTurn } from './reading.ts';

/** A document is held in memory whole; files of lines may be of any size. */
export const DOCUMENT_BYTES_MAX = 256 * 2 ** 20;
const CHUNK_BYTES = 256 * 2 ** 10;
const BEGINNING_BYTES = 4096;

/**
 * Adds what is in the file to a graph, and lets the event loop turn on the way. `format`: when undefined the file's name
 * and its beginning tell. `turn`: waited for between parts; until the next turn of the loop when left out. Throws Unavailable for what cannot be read, a Mistake for what is no graph; what came before it is in the graph then.
 */
export async function readGraphFile(
  path: string,
  writer: GraphWriter,
  format?: GraphFormat,
  turn: () => Promise<void> = nextTurn,
): Promise<Loaded> {
  const beginning = await beginningOf(path);
  const its = format ?? formatOf(path, beginning);
  if (its === 'graphml') return readGraphml(createReadStream(path, { encoding: 'utf8' }), writer, turn);
  const reading = its === 'jsonlines' ? new JsonLinesReading(writer) : new GraphsonReading(writer);
  if (reading instanceof GraphsonReading && isDocument(beginning)) {
    reading.document(await wholeText(path));
    return endedInTurns(reading.end(), turn);
  }
  for await (const lines of linesOf(createReadStream(path, { highWaterMark: CHUNK_BYTES }))) {
    for (const line of lines) reading.line(line);
    await turn();
  }
  return endedInTurns(reading.end(), turn);
}

async function wholeText(path: string): Promise<string> {
  const { size } = await stat(path);
  if (size > DOCUMENT_BYTES_MAX)
    throw mistake(
      'graphfile.large',
      `a document of ${size} bytes is too large (${DOCUMENT_BYTES_MAX}): write one vertex a line`,
    );
  return readFile(path, 'utf8');
}

async function beginningOf(path: string): Promise<string> {
  await using file = await opened(path);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(BEGINNING_BYTES), 0, BEGINNING_BYTES, 0);
  return buffer.toString('utf8', 0, bytesRead);
}

async function opened(path: string): Promise<FileHandle> {
  try {
    const file = await open(path, 'r');
    if ((await file.stat()).isFile()) return file;
    await file.close();
  } catch (error) {
    throw new Unavailable(`reading ${path} (${(error as NodeJS.ErrnoException).code})`, 'a file that can be read', {
      cause: error,
    });
  }
  throw mistake('graphfile.no-file', `${path} is no file`);
}
