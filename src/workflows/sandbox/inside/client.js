/** The server as scripts know it: `client.captures`, `client.packetInjections`, `client.gremlin` and their like. */
import { all, start } from './gremlin.js';
import { ask, parse, stringify } from './host.js';
import { thenable } from './thenable.js';

export class APIObject {
  constructor(said) {
    Object.assign(this, said);
  }
}
export class Alert extends APIObject {}
export class Capture extends APIObject {}
export class EdgeRule extends APIObject {}
export class NodeRule extends APIObject {}
export class PacketInjection extends APIObject {}
export class Workflow extends APIObject {}

/** The server refused: `status` and its sentence. */
export class APIError extends Error {
  constructor(status, text, what) {
    super(`${what}: ${text.trim() || `status ${status}`}`);
    this.name = 'APIError';
    this.status = status;
    this.responseText = text;
  }
}

export function request(path, method = 'GET', data = '') {
  const body = typeof data === 'string' ? data : stringify(data);
  const { status, text } = ask(String(method).toUpperCase(), String(path), body);
  if (status >= 400) throw new APIError(status, text, `${method} ${path}`);
  return { status, body: text, headers: {} };
}

function requested(path, method, data) {
  const { body } = request(path, method, data);
  return body === '' ? null : parse(body);
}

/** What Skydive's `Gremlin(text)` gives: the answer as it is. */
export function query(text) {
  return requested('/api/topology', 'POST', { GremlinQuery: String(text) });
}

class API {
  constructor(resource, Kind) {
    this.Resource = resource;
    this.Factory = Kind;
  }

  create(said) {
    return thenable(this.#made(requested(`/api/${this.Resource}`, 'POST', said)));
  }

  /** By UUID. */
  list() {
    const found = requested(`/api/${this.Resource}`, 'GET') ?? {};
    return thenable(Object.fromEntries(Object.entries(found).map(([id, one]) => [id, this.#made(one)])));
  }

  get(id) {
    return thenable(this.#made(requested(this.#path(id), 'GET')));
  }

  delete(id) {
    requested(this.#path(id), 'DELETE');
    return thenable(null);
  }

  #path(id) {
    return `/api/${this.Resource}/${encodeURIComponent(String(id))}`;
  }

  #made(said) {
    const { Factory } = this;
    return Object.assign(new Factory(), said);
  }
}

class WorkflowAPI extends API {
  call(nameOrId, ...params) {
    return thenable(requested(`/api/workflow/${encodeURIComponent(nameOrId)}/call`, 'POST', { Params: params }));
  }
}

class GremlinAPI {
  /** A path is given as its nodes. */
  query(text) {
    const data = query(text) ?? [];
    return thenable(all(Array.isArray(data[0]) ? data[0] : data));
  }

  get G() {
    return start(query);
  }
}

export class Client {
  constructor() {
    this.alerts = new API('alert', Alert);
    this.captures = new API('capture', Capture);
    this.packetInjections = new API('injectpacket', PacketInjection);
    this.nodeRules = new API('noderule', NodeRule);
    this.edgeRules = new API('edgerule', EdgeRule);
    this.workflows = new WorkflowAPI('workflow', Workflow);
    this.gremlin = new GremlinAPI();
    this.G = start(query);
  }

  /** Scripts act in the name of who called them: there is nobody else to log in as. */
  login() {
    return thenable(null);
  }

  request(path, method, data) {
    return thenable(requested(path, method, data));
  }
}
