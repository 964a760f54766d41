// Made by the build (scripts/build/assembly.mjs): the compiled kernels, in hexadecimal pieces, for memory that is not shared.

export const binaries: readonly Record<'simd' | 'relaxed', string>[];
