/**
 * `import { toTorch } from 'handful/torch'` writes networks for PyTorch, where trainings go that outgrow a browser.
 * @module handful/torch
 */

export { toTorch } from './to-torch.js';
export type { Layer, Spec } from '../../../types.js';
