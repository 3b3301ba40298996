/** In what messages are written: by its mime type, as drivers name it. */
import type { Request, Response } from './message.ts';
import type { WireElements } from './wire-elements.ts';

export interface Serializer {
  readonly mime: string;
  /** Throws a Mistake (`gremlin.bad-frame`) that says where for what is no request. Nothing of the payload is kept. */
  readRequest(payload: Buffer): Request;
  /** The id alone of a request that could not be read, where there is one. */
  requestIdOf(payload: Buffer): string | undefined;
  writeResponse(response: Response, elements: WireElements): Buffer;
}

/** What can write an answer piece by piece, so that a long one is not the work of one moment. */
export interface PieceSerializer extends Serializer {
  /** Values as they stand between commas. */
  writeItems(items: Pick<Response, 'data' | 'bulks'>, elements: WireElements): string;
  /** What stands before and behind all items. */
  writeAround(response: Omit<Response, 'data' | 'bulks'>): { readonly before: string; readonly after: string };
}

/** What a client needs of it besides. Elements come as References. */
export interface ClientSerializer extends Serializer {
  writeRequest(request: Request): Buffer;
  readResponse(payload: Buffer): Response;
}
