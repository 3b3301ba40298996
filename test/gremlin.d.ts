/** What the tests use of the driver, which brings no types. A traversal has a method for each step. */
declare module 'gremlin' {
  export interface DriverTraversal {
    readonly [step: string]: (...args: unknown[]) => DriverTraversal;
  }

  export interface DriverResult extends Promise<unknown[]> {}

  type Words = Readonly<Record<string, unknown>>;
  type Made = new (...args: never[]) => object;

  export const process: {
    readonly AnonymousTraversalSource: { traversal(): { withRemote(connection: object): DriverTraversal } };
    readonly P: new (operator: string, value: unknown, other?: unknown) => object;
    readonly TextP: new (operator: string, value: unknown, other?: unknown) => object;
    readonly statics: DriverTraversal;
    readonly t: Words;
    readonly order: Words;
    readonly [strategyOrEnum: string]: unknown;
  };

  export const structure: {
    readonly Vertex: new (id: unknown, label: string, properties?: unknown) => object;
    readonly Edge: Made;
    readonly VertexProperty: Made;
    readonly Property: Made;
    readonly Path: Made;
    readonly Graph: new () => { traversal(): DriverTraversal };
    readonly toLong: (value: number | string) => object;
  };

  export const driver: {
    readonly DriverRemoteConnection: new (
      url: string,
      options?: Readonly<Record<string, unknown>>,
    ) => { open(): Promise<void>; close(): Promise<void> };
    readonly Client: new (
      url: string,
      options?: Readonly<Record<string, unknown>>,
    ) => {
      submit(query: unknown, bindings?: unknown, options?: unknown): Promise<Iterable<unknown>>;
      close(): Promise<void>;
    };
    readonly auth: { readonly PlainTextSaslAuthenticator: new (name: string, password: string) => object };
  };

  const all: { readonly process: typeof process; readonly structure: typeof structure; readonly driver: typeof driver };
  export default all;
}

/** Its package leaves this one out of what it exports. */
declare module 'gremlin/lib/process/graph-traversal.js' {
  const all: { readonly CardinalityValue: Readonly<Record<string, (value: unknown) => object>> };
  export default all;
}
