// What PyTorch's own classes call their attributes: no layer's module can have such a name.

const words = (text: string) => new Set(text.trim().split(/\s+/));

/** Of every `nn.Module`. */
export const OF_MODULES: ReadonlySet<string> = words(`
  T_destination add_module apply bfloat16 buffers call_super_init children compile cpu cuda double dump_patches eval
  extra_repr float forward get_buffer get_extra_state get_parameter get_submodule half ipu load_state_dict modules mtia
  named_buffers named_children named_modules named_parameters parameters register_backward_hook register_buffer
  register_forward_hook register_forward_pre_hook register_full_backward_hook register_full_backward_pre_hook
  register_load_state_dict_post_hook register_load_state_dict_pre_hook register_module register_parameter
  register_state_dict_post_hook register_state_dict_pre_hook requires_grad_ set_extra_state set_submodule share_memory
  state_dict to to_empty train training type xpu zero_grad
  _apply _backward_hooks _backward_pre_hooks _buffers _call_impl _compiled_call_impl _forward_hooks
  _forward_hooks_always_called _forward_hooks_with_kwargs _forward_pre_hooks _forward_pre_hooks_with_kwargs
  _get_backward_hooks _get_backward_pre_hooks _get_name _is_full_backward_hook _load_from_state_dict
  _load_state_dict_post_hooks _load_state_dict_pre_hooks _maybe_warn_non_full_backward_hook _modules _named_members
  _non_persistent_buffers_set _parameters _register_load_state_dict_pre_hook _register_state_dict_hook
  _replicate_for_data_parallel _save_to_state_dict _slow_forward _state_dict_hooks _state_dict_pre_hooks _version
  _wrapped_call_impl`);

/** Of those of layers besides. */
export const OF_LAYERS: ReadonlySet<string> = words(`
  affine bias dilation eps groups in_channels in_features kernel_size momentum num_batches_tracked num_features
  out_channels out_features output_padding padding padding_mode reset_parameters reset_running_stats running_mean
  running_var stride track_running_stats transposed weight
  _check_input_dim _conv_forward _reversed_padding_repeated_twice`);
