// What our own engine calls (../engine).

export { f32_conv2d, f32_conv2d_scratch } from './f32_conv2d';
export { f32_conv2d_filter_gradient, f32_conv2d_filter_gradient_scratch } from './f32_conv2d_filter_gradient';
export { f32_conv2d_input_gradient, f32_conv2d_input_gradient_scratch } from './f32_conv2d_input_gradient';
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
export {
  f32_depthwise_conv2d,
  f32_depthwise_conv2d_filter_gradient,
  f32_depthwise_conv2d_filter_gradient_scratch,
  f32_depthwise_conv2d_input_gradient,
  f32_depthwise_conv2d_input_gradient_scratch,
  f32_depthwise_conv2d_scratch,
} from './f32_depthwise_conv2d';
export { f32_max_pool_argmax } from './f32_max_pool_argmax';
export { f32_dense } from './f32_dense';
export { f32_dense_input_gradient } from './f32_dense_input_gradient';
export { f32_dense_weight_gradient, f32_dense_weight_gradient_scratch } from './f32_dense_weight_gradient';
export { f32_activation, f32_activation_gradient } from './f32_activations';
export { f32_gated, f32_gated_gradient } from './f32_gated_activations';
export { f32_leaky_relu, f32_leaky_relu_gradient } from './f32_leaky_relu';
export { f32_dropout } from './f32_dropout';
export { f32_add_masked } from './f32_add_masked';
export { f32_add, f32_add_relu, f32_relu_gradient } from './f32_elementwise';
export { f32_average_pool_gradient, f32_max_pool_gradient, f32_pool } from './f32_pool';
export {
  f32_batch_norm_apply,
  f32_batch_norm_apply_scratch,
  f32_batch_norm_running,
  f32_batch_norm_running_scratch,
} from './f32_batch_norm';
export { f32_batch_norm_moments, f32_batch_norm_remember } from './f32_batch_norm_moments';
export { f32_batch_norm_record } from './f32_batch_norm_records';
export {
  f32_batch_norm_gradient_apply,
  f32_batch_norm_gradient_apply_scratch,
  f32_batch_norm_gradient_parameters,
  f32_batch_norm_gradient_sums,
} from './f32_batch_norm_gradient';
export { f32_softmax_cross_entropy } from './f32_softmax_cross_entropy';
export { f32_squared_error } from './f32_squared_error';
export { f32_adadelta_step } from './f32_adadelta_step';
export { f32_adagrad_step } from './f32_adagrad_step';
export { f32_adam_step } from './f32_adam_step';
export { f32_momentum_step } from './f32_momentum_step';
export { f32_rmsprop_step } from './f32_rmsprop_step';
export { f32_sgd_step } from './f32_sgd_step';
export {
  f32_winograd_conv2d,
  f32_winograd_conv2d_scratch,
  f32_winograd_input_gradient,
  f32_winograd_input_gradient_scratch,
  f32_winograd_prepare,
  f32_winograd_prepare_scratch,
  f32_winograd_prepared,
} from './f32_winograd';
export { f32_winograd_filter_gradient, f32_winograd_filter_gradient_scratch } from './f32_winograd_filter_gradient';
export { f32_winograd_pays } from './f32_winograd_pays';
