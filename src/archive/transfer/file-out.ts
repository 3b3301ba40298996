/**
 * An export on its way to a file: `FILE.part` grows by whole pages, `FILE.part.json` says how far it is right, and both
 * are gone when `FILE` is there. Each stretch is a member of its own when it is packed (RFC 1952, 2.2), so that one that
 * was cut off can be left out.
 */
import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { Unavailable } from '../../std/unavailable.ts';
import type { ExportInto, ExportState } from './export.ts';

/** Text that is gathered before it is written: small members pack badly. */
const STRETCH_CHARACTERS = 2 ** 20;

export interface FileOut extends ExportInto, AsyncDisposable {
  /** Writes what is left and gives the file its name. */
  finish(): Promise<void>;
}

interface Kept {
  readonly asked: string;
  readonly bytes: number;
  readonly state: ExportState;
}

/** `asked`: what is exported from where, in words. Only a part of the same goes on. */
export async function openFileOut(file: string, asked: string): Promise<FileOut> {
  const part = `${file}.part`;
  const stateFile = `${part}.json`;
  const pack = file.endsWith('.gz') ? promisify<Buffer, Buffer>(gzip) : async (bytes: Buffer) => bytes;
  try {
    await mkdir(dirname(file), { recursive: true });
    const kept = await keptIn(stateFile);
    const begun = kept?.asked === asked ? kept : undefined;
    const handle = await open(part, begun ? 'r+' : 'w', 0o600);
    if (begun) await handle.truncate(begun.bytes);
    let bytes = begun?.bytes ?? 0;
    let text = '';
    let state = begun?.state;
    const flush = async () => {
      if (text === '') return;
      const packed = await pack(Buffer.from(text));
      await handle.write(packed, 0, packed.length, bytes);
      await handle.datasync();
      bytes += packed.length;
      text = '';
      await writeFile(`${stateFile}.new`, JSON.stringify({ asked, bytes, state }), { mode: 0o600 });
      await rename(`${stateFile}.new`, stateFile);
    };
    let isClosed = false;
    return {
      begun: begun?.state,
      async write(more, now) {
        text += more;
        state = now;
        if (text.length >= STRETCH_CHARACTERS) await flush().catch(refused);
      },
      async finish() {
        await flush().catch(refused);
        isClosed = true;
        await handle.close();
        await rename(part, file);
        await rm(stateFile, { force: true });
      },
      async [Symbol.asyncDispose]() {
        if (isClosed) return;
        // What was gathered is right as far as it goes: it is kept for the next time.
        await flush().catch(() => {});
        await handle.close();
      },
    };
  } catch (error) {
    return refused(error as Error);
  }

  function refused(error: Error): never {
    throw new Unavailable(`the file ${file}`, `a place that can be written to (${error.message})`, { cause: error });
  }
}

async function keptIn(file: string): Promise<Kept | undefined> {
  try {
    const kept = JSON.parse(await readFile(file, 'utf8')) as Kept;
    return typeof kept.bytes === 'number' && typeof kept.state?.sha256 === 'string' ? kept : undefined;
  } catch {
    return undefined;
  }
}
