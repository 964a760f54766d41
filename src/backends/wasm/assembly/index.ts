// The module's exports.

export { f32_matmul, f32_matmul_scratch, f32_matmul_tn } from './f32_matmul';
export {
  f32_conv2d,
  f32_conv2d_input_gradient,
  f32_conv2d_input_gradient_scratch,
  f32_conv2d_scratch,
} from './f32_conv2d';
export { f32_conv2d_filter_gradient, f32_conv2d_filter_gradient_scratch } from './f32_conv2d_filter_gradient';
export { f32_conv2d_max_pool, f32_conv2d_max_pool_scratch } from './f32_conv2d_max_pool';
export {
  f32_conv2d_max_pool_filter_gradient,
  f32_conv2d_max_pool_filter_gradient_scratch,
} from './f32_conv2d_max_pool_filter_gradient';
export {
  f32_conv2d_max_pool_input_gradient,
  f32_conv2d_max_pool_input_gradient_scratch,
} from './f32_conv2d_max_pool_input_gradient';
export { f32_conv2d_plane, f32_conv2d_plane_scratch } from './f32_conv2d_plane';
export { f32_dense } from './f32_dense';
export { f32_dense_input_gradient } from './f32_dense_input_gradient';
export { f32_dense_weight_gradient, f32_dense_weight_gradient_scratch } from './f32_dense_weight_gradient';
export { f32_add_bias, f32_add_relu, f32_relu_gradient, f32_sum_rows } from './f32_elementwise';
export { f32_average_pool_gradient, f32_max_pool_gradient, f32_pool } from './f32_pool';
export {
  f32_batch_norm_apply,
  f32_batch_norm_apply_scratch,
  f32_batch_norm_inference,
  f32_batch_norm_inference_scratch,
  f32_batch_norm_moments,
  f32_batch_norm_record,
  f32_batch_norm_remember,
  f32_batch_norm_running,
} from './f32_batch_norm';
export {
  f32_batch_norm_gradient_apply,
  f32_batch_norm_gradient_apply_scratch,
  f32_batch_norm_gradient_parameters,
  f32_batch_norm_gradient_sums,
} from './f32_batch_norm_gradient';
export { f32_batch_norm, f32_batch_norm_gradient, f32_batch_norm_gradient_scratch } from './f32_batch_norm_whole';
export { f32_softmax_cross_entropy } from './f32_softmax_cross_entropy';
export { f32_adam, f32_momentum, f32_sgd } from './f32_optimizers';
