/** A body as bytes, bounded. */
import type { IncomingMessage } from 'node:http';

export interface BytesFault {
  readonly status: 413 | 415;
  readonly text: string;
}

export function readBytes(
  request: IncomingMessage,
  most: number,
  done: (fault: BytesFault | undefined, bytes: Buffer) => void,
): void {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    done({ status: 415, text: `a body in ${encoding.slice(0, 40)} is not understood; send it as it is` }, nothing);
    request.resume();
    return;
  }
  const pieces: Buffer[] = [];
  let size = 0;
  let isDone = false;
  request.on('data', (piece: Buffer) => {
    size += piece.length;
    if (isDone) return;
    if (size <= most) {
      pieces.push(piece);
      return;
    }
    isDone = true;
    pieces.length = 0;
    done({ status: 413, text: `the body is larger than ${most} bytes (limit messageBytesMax)` }, nothing);
  });
  request.on('end', () => {
    if (isDone) return;
    isDone = true;
    done(undefined, Buffer.concat(pieces));
  });
}

const nothing = Buffer.alloc(0);
