/**
 * Two ways of writing a workflow meet here: `capture = client.captures.create(c); capture.UUID`, and
 * `client.captures.create(c).then(function (capture) { … })`. What a call gives is there at once, and can be waited for.
 */
export function thenable(value) {
  if (typeof value !== 'object' || value === null) return later(value);
  const plain = Array.isArray(value)
    ? value.slice()
    : Object.assign(Object.create(Object.getPrototypeOf(value)), value);
  return withThen(value, () => plain);
}

/** For what is no object: nothing but a promise has a `then`. */
function later(value) {
  return withThen({}, () => value);
}

/** Not seen by for…in, JSON and Object.keys. */
export function withThen(target, settled) {
  const promise = () => new Promise((resolve) => resolve(settled()));
  const hidden = (value) => ({ value, enumerable: false, configurable: true, writable: true });
  return Object.defineProperties(target, {
    // biome-ignore lint/suspicious/noThenProperty: being waited for is what it is for
    then: hidden((done, failed) => promise().then(done, failed)),
    catch: hidden((failed) => promise().catch(failed)),
    finally: hidden((last) => promise().finally(last)),
  });
}
