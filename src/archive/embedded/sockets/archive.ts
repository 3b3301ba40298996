/** Sockets in the embedded archive, as the rest of the process sees them. */
import type { Socket } from '../../../ends/socket.ts';
import type { SocketQuery } from '../../../ends/socket-view.ts';
import { isAtEndsOf } from '../../../ends/tuple.ts';
import type { SocketArchive, SocketArchiveHealth, SocketBatch } from '../../archive.ts';
import { readBatchId } from '../../batchid.ts';
import { Breath } from '../../breath.ts';
import type { ThreadCalls } from '../calls.ts';

export class EmbeddedSockets implements SocketArchive {
  readonly #thread: ThreadCalls;
  /** Why the last append failed; undefined when it went well. */
  #trouble: string | undefined;

  constructor(thread: ThreadCalls) {
    this.#thread = thread;
  }

  async append({ id, time, sockets }: SocketBatch): Promise<void> {
    try {
      await this.#thread.askSockets({ kind: 'append', ...readBatchId(id), time, sockets: JSON.stringify(sockets) });
      this.#trouble = undefined;
    } catch (error) {
      this.#trouble = (error as Error).message;
      throw error;
    }
  }

  async closeLost(): Promise<void> {
    await this.#thread.askSockets({ kind: 'closeLost' });
  }

  async find({ time, nodes, conversations }: SocketQuery): Promise<readonly Socket[]> {
    if (!time) return [];
    const { sockets = [] } = await this.#thread.askSockets({ kind: 'find', query: { time, nodes, conversations } });
    const found: Socket[] = [];
    const breath = new Breath();
    for (const text of sockets) {
      for (const socket of JSON.parse(text) as Socket[])
        if (!conversations || isAtEndsOf(conversations, socket)) found.push(socket);
      if (breath.isDue) await breath.take();
    }
    return found;
  }

  async prune(before: number): Promise<void> {
    await this.#thread.askSockets({ kind: 'prune', before });
  }

  async health(): Promise<SocketArchiveHealth> {
    let trouble = this.#trouble;
    const summary = await this.#thread.askSockets({ kind: 'summary' }).then(
      (answer) => answer.summary,
      (error: Error) => {
        trouble ??= error.message;
        return undefined;
      },
    );
    return {
      sockets: summary?.sockets ?? 0,
      sizeBytes: summary?.sizeBytes ?? 0,
      range: summary?.range,
      notes: [...(summary?.notes ?? []), ...(trouble === undefined ? [] : [trouble])],
    };
  }
}
