/** `new UUID(5, 'ns:URL', name)`, as Skydive's scripts make ids. */
import { uuid } from './host.js';

export class UUID {
  #text;

  constructor(version = 4, namespace = '', name = '') {
    this.#text = uuid(version, namespace, name);
  }

  toString() {
    return this.#text;
  }

  toJSON() {
    return this.#text;
  }

  format() {
    return this.#text;
  }
}
