/** All that an archive keeps, page by page: what is copied to another archive, or looked through. */
import type { Socket } from '../ends/socket.ts';
import type { Flow, FlowMetric, RawPacket } from '../flow/flow.ts';
import type { Loss } from '../flow/loss.ts';
import type { SampleEvent } from '../graph/change.ts';
import type { Element } from '../graph/view.ts';

export type Dumped = DumpedOfGraph | DumpedFlow | DumpedLoss | DumpedSocket;

/** `endRecordedAt`: when the end of this version's life was learned, where it is known. */
export type DumpedOfGraph =
  | { readonly kind: 'version'; readonly element: Element; readonly endRecordedAt?: number }
  | { readonly kind: 'sample'; readonly sample: SampleEvent };

/** Its points oldest first, as coarse as they are kept by now. */
export interface DumpedFlow {
  readonly kind: 'flow';
  readonly flow: Flow;
  readonly points: readonly FlowMetric[];
  readonly packets: readonly RawPacket[];
}

export interface DumpedLoss {
  readonly kind: 'loss';
  readonly loss: Loss;
}

export interface DumpedSocket {
  readonly kind: 'socket';
  readonly socket: Socket;
}

export interface DumpPage<Item = Dumped> {
  readonly items: readonly Item[];
  /** Another dump goes on after this page when it is given this. Never two lines. */
  readonly next: string;
}

/** Items of one page. */
export const PAGE_ITEMS = 1_000;

/** Of a list that stays as it is: a page's name is how many came before its end. */
export function* pagesOf<Item>(all: readonly Item[], after: string | undefined): Generator<DumpPage<Item>> {
  for (let at = Number(after ?? 0); at < all.length; at += PAGE_ITEMS) {
    const items = all.slice(at, at + PAGE_ITEMS);
    yield { items, next: String(at + items.length) };
  }
}
