/** `GET /api/capture/tail`: packets as they pass, as pcapng, for as long as the client reads. */
import { once } from 'node:events';
import type { Request, Response } from 'express';
import { identityOf } from './identity.ts';
import { note } from './noted.ts';
import { guardHeaders, sendText, statusOf } from './reply.ts';

/** What the API needs of tails. */
export interface ApiTails {
  /** Throws a Mistake for what is asked wrongly, Unavailable where no interface can be read. */
  open(asked: {
    readonly query: string;
    readonly filter: string;
    readonly snapLength: number;
    /** Name of the user or token that asks. */
    readonly who: string;
  }): Promise<ApiTail>;
}

export interface ApiTail extends AsyncDisposable {
  /** pcapng; ends when it is closed or has nothing more to read from. */
  pieces(): AsyncIterable<Uint8Array>;
}

const PCAPNG = 'application/x-pcapng';

export async function sendTail(tails: ApiTails | undefined, request: Request, response: Response): Promise<void> {
  if (!tails) return sendText(response, 503, 'packets cannot be read here, see skein status');
  const { gremlin, node, bpf, snaplen } = request.query as Readonly<Record<string, string | string[] | undefined>>;
  const query =
    typeof node === 'string' ? `G.V().HasEither('TID', ${quotedText(node)}, '@ID', ${quotedText(node)})` : gremlin;
  if (typeof query !== 'string' || query === '')
    return sendText(response, 400, 'say where: gremlin=G.V()… or node=TID');
  if (snaplen !== undefined && !(typeof snaplen === 'string' && /^\d{1,6}$/.test(snaplen)))
    return sendText(response, 400, `snaplen: "${snaplen}" is no number of bytes`);
  note(request, typeof bpf === 'string' ? `${query} ${bpf}` : query);
  try {
    await using tail = await tails.open({
      query,
      filter: typeof bpf === 'string' ? bpf : '',
      snapLength: Number(snaplen ?? 0),
      who: identityOf(request)?.name ?? 'nobody',
    });
    if (response.destroyed) return;
    const gone = once(response, 'close');
    const closed = gone.then(() => tail[Symbol.asyncDispose]());
    response.writeHead(200, ['Content-Type', PCAPNG, ...guardHeaders]);
    for await (const piece of tail.pieces()) {
      // Until it is taken nothing more is asked for: what comes meanwhile waits, and is dropped when it is too much.
      if (!response.write(piece)) await Promise.race([once(response, 'drain'), gone]);
      if (response.destroyed) break;
    }
    response.end();
    await closed;
  } catch (error) {
    const { status, text } = statusOf(error);
    if (text === undefined || response.headersSent) throw error;
    sendText(response, status, text);
  }
}

function quotedText(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
