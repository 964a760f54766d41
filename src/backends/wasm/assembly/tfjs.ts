// What the kernels for TensorFlow.js call (src/tfjs-kernels): a module of its own, so that nobody downloads both.

export { f32_matmul, f32_matmul_scratch, f32_matmul_tn, f32_matmul_tn_scratch } from './f32_matmul';
export { f32_conv2d, f32_conv2d_scratch } from './f32_conv2d';
export { f32_conv2d_filter_gradient, f32_conv2d_filter_gradient_scratch } from './f32_conv2d_filter_gradient';
export { f32_conv2d_input_gradient, f32_conv2d_input_gradient_scratch } from './f32_conv2d_input_gradient';
export { f32_add_bias, f32_sum_rows } from './f32_elementwise';
export { f32_average_pool_gradient, f32_max_pool_gradient, f32_pool } from './f32_pool';
export { f32_batch_norm_inference, f32_batch_norm_inference_scratch } from './f32_batch_norm';
