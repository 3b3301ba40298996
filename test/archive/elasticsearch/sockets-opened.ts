/** Archives of sockets on servers that others use too: indices are made once for a file, and emptied for each that opens them. */
import { randomUUID } from 'node:crypto';
import { Ground } from '../../../src/archive/elasticsearch/ground.ts';
import { ElasticSockets } from '../../../src/archive/elasticsearch/sockets/archive.ts';
import { empty, letForget, removeAll } from './flows-opened.ts';
import { esServer, type ServerKind } from './servers.ts';

interface Made {
  readonly ground: Ground;
  readonly prefix: string;
}
const made = new Map<ServerKind, Promise<Made>>();

export async function openSockets(kind: ServerKind) {
  const known = made.get(kind) ?? make(kind);
  made.set(kind, known);
  const { ground, prefix } = await known;
  await empty(ground.elastic, prefix);
  const sockets = new ElasticSockets(ground);
  return {
    sockets,
    again: () => new ElasticSockets(ground),
    async [Symbol.asyncDispose]() {
      sockets.stop();
    },
  };
}

async function make(kind: ServerKind): Promise<Made> {
  const { url } = await esServer(kind);
  const prefix = `test-${randomUUID().slice(0, 8)}-`;
  const ground = new Ground({ urls: [url], prefix });
  await new ElasticSockets(ground).health();
  await letForget(ground.elastic, prefix);
  return { ground, prefix };
}

/** All that was made. */
export async function removeSockets(): Promise<void> {
  for (const one of made.values()) {
    const { ground, prefix } = await one;
    await removeAll(ground.elastic, prefix);
    await ground.close();
  }
}
