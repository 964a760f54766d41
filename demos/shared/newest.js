/**
 * Wraps an async function so that never more than one call is under way; of those asked for meanwhile only the newest
 * follows. `run` handles its own errors.
 * @param {() => Promise<unknown>} run
 */
export function newestOnly(run) {
  let busy = false;
  let again = false;
  return async () => {
    again = true;
    if (busy) return;
    busy = true;
    try {
      while (again) {
        again = false;
        await run();
      }
    } finally {
      busy = false;
    }
  };
}
