/** The sockets that are open now, of all namespaces. */
import type { Socket, SocketWriter } from './socket.ts';

export class SocketTable implements SocketWriter {
  readonly #byNode = new Map<string, Map<string, Socket>>();

  tell(sockets: readonly Socket[]): void {
    for (const socket of sockets) this.#of(socket.node).set(socket.id, socket);
  }

  close(ids: readonly string[], _at: number): void {
    for (const id of ids) for (const sockets of this.#byNode.values()) if (sockets.delete(id)) break;
  }

  all(node: string, sockets: readonly Socket[], _at: number): void {
    this.#byNode.set(node, new Map(sockets.map((socket) => [socket.id, socket])));
  }

  gone(node: string, _at: number): void {
    this.#byNode.delete(node);
  }

  /** Those that are open in a namespace, by its node. */
  *of(node: string): Iterable<Socket> {
    yield* this.#byNode.get(node)?.values() ?? [];
  }

  #of(node: string): Map<string, Socket> {
    let sockets = this.#byNode.get(node);
    if (!sockets) {
      sockets = new Map();
      this.#byNode.set(node, sockets);
    }
    return sockets;
  }
}
