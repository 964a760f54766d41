// Made by the build (scripts/build/assembly.mjs): the compiled kernels, in base64.

export const binaries: Record<'simd' | 'relaxed', Record<'plain' | 'shared', string>>;
