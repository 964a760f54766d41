/**
 * Keeps calls in the order they were made, though the inputs of some take longer to be taken out of the DOM.
 * @returns What waits for a call's inputs, and for the calls before it to be sent.
 */
export function callOrder(): <T>(taken: Promise<T> | T) => Promise<T> {
  let sent: Promise<unknown> = Promise.resolve();
  return async (taken) => {
    const both = [taken, sent] as const;
    // A call that is refused at once lets none overtake those before it. What these yielded is not kept.
    sent = Promise.allSettled(both).then(() => {});
    const [result] = await Promise.all(both);
    return result;
  };
}
