/**
 * `import { toTorch } from 'handful/torch'` writes networks for PyTorch, where trainings go that outgrow a browser.
 * @packageDocumentation
 */

export { toTorch } from './to-torch.js';
export type { Layer, Spec } from '../../../types.js';
