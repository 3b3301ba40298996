/**
 * What is in a file, or comes through a pipe, a piece at a time. No thread waits for what may never come: a process
 * joins its threads before it ends, so Ctrl-C would wait with them.
 */
import { constants, createReadStream, fstatSync, openSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { isatty, ReadStream } from 'node:tty';

/** The caller's to destroy. `highWaterMark`: bytes of a piece of a file. Throws what open(2) does. */
export function piecesOf(file: string, highWaterMark: number): Readable {
  // For a pipe that nobody writes to yet this does not wait, nor is that its end: poll(2) tells when someone does.
  const fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  if (fstatSync(fd).isFIFO()) return new Socket({ fd, readable: true, writable: false });
  return isatty(fd) ? new ReadStream(fd) : createReadStream('', { fd, highWaterMark });
}
