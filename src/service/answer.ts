/** Answers at once; whatever goes wrong arrives as a rejection, as it does over a port. */
export function answer<T>(ask: () => T): Promise<T> {
  return Promise.resolve().then(ask);
}
