/** What some messages changed, and what should be asked because of them. Interfaces by ifindex. */
export class News {
  /** To be described anew. */
  readonly touched = new Set<number>();
  /** Whose routes changed. */
  readonly routed = new Set<number>();
  /** Whose neighbours or forwarding entries changed. */
  readonly neighboured = new Set<number>();
  /** Gone; may be among `touched` too, when another came under the same ifindex. */
  readonly gone = new Set<number>();
  /** Another kind now, and nobody said that the old one went. */
  readonly recreated = new Set<number>();
  /** Only neighbours that aged: may wait. */
  readonly settling = new Set<number>();
  /** Ids of namespaces that came or went. */
  readonly nsids = new Set<number>();
  /** The namespace's own rules or routes. */
  isNamespaceTouched = false;

  /** To be asked: all of the link, its ethtool settings, of these only the speed, routes over it, its forwarding entries, its filters. */
  readonly links = new Set<number>();
  readonly devices = new Set<number>();
  readonly modes = new Set<number>();
  readonly routes = new Set<number>();
  readonly forwarding = new Set<number>();
  readonly filters = new Set<number>();
  areAllRoutesStale = false;
}
