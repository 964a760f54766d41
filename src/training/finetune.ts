import { lazy } from '../common/lazy.js';
import { carryOut } from './plans/carry-out.js';
import { prepare } from './plans/context.js';
import { decide } from './plans/decide.js';
import { resultOf } from './plans/result.js';
import { Run } from './plans/run.js';
import type { FineTuneResult, FineTuneTask } from './plans/task.js';

/**
 * Fine-tunes a copy of a model on a few samples and keeps it only if it is better on samples that were held back: looks at
 * model and samples, decides on a plan, carries it out.
 * @throws {HandfulError} `bad-argument`, `aborted`, `diverged`, `backend-lost` or `network`; the model given is untouched.
 */
export async function fineTune(task: FineTuneTask): Promise<FineTuneResult> {
  const start = performance.now();
  const lessons = await lazy(import('./lessons/lessons.js'));
  const copies = lessons.copiesAmong(task.model, task.samples.inputs, task.validation?.inputs);
  const run = await Run.begin(prepare(task, copies.groups));
  try {
    const { context, features } = run;
    const looks = context.facts.isFresh ? undefined : await run.featuresAtHead();
    const warnings = lessons.warningsOn(task.model, task.samples, copies, looks);
    await run.start(features.training);
    const isNew = context.facts.isFresh || context.facts.isHeadNew;
    const accuracy = isNew ? 0 : (await run.score(features.fixed)).accuracy;
    const plan = decide(context.facts, context.options, accuracy);
    const outcome = await carryOut(plan, run);
    run.tellEvaluating(0.99, outcome.history);
    const report = lessons.reportOn(plan, outcome, run, { warnings, seconds: (performance.now() - start) / 1000 });
    return { model: await resultOf(plan, outcome, run, lessons), report };
  } finally {
    run.dispose();
  }
}
