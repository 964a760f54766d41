// How often the slower way is tried again, and for how long; the first run of a trial wakes the threads and is not timed.
const PERIOD = 60;
const TRIAL = 2;

/**
 * Whichever of two ways was faster of late: where other programs keep the cores busy, threads that wait for each other
 * take longer than one.
 * @param now Milliseconds of a clock.
 * @returns Runs one of the ways; both have to lead to the same results.
 */
export function fasterWay(
  [first, second]: readonly [() => void, () => void],
  now: () => number = () => performance.now(),
): () => void {
  const [one, two] = [
    { run: first, time: Infinity },
    { run: second, time: Infinity },
  ];
  let way = one;
  let trial = 0; // runs of the trial under way; past TRIAL there is none
  let runs = 0; // since the last trial
  return () => {
    if (trial > TRIAL && ++runs > PERIOD) [way, trial, runs] = [way === one ? two : one, 0, 0];
    if (trial === 0) way.time = Infinity;
    const start = now();
    way.run();
    const time = now() - start;
    if (trial > TRIAL) way.time += 0.25 * (time - way.time);
    else if (trial > 0) way.time = Math.min(way.time, time);
    if (trial <= TRIAL && ++trial <= TRIAL) return;
    if (two.time === Infinity) [way, trial] = [two, 0];
    else way = one.time <= two.time ? one : two;
  };
}
