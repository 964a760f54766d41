// Made by the build (scripts/build/assembly.mjs): the compiled kernels, in base64, for memory that is not shared.

export const binaries: Record<'simd' | 'relaxed', string>;
