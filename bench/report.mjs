export function printRow(row, results, work) {
  const found = results.filter((result) => result.row === row);
  const peak = found.find(({ subject }) => subject === 'simd-peak')?.median;
  console.log(`\n${row}`);
  for (const { subject, median, unit } of found) {
    const share = peak && unit === 'ms' ? `${((100 * work) / median / 1e6 / peak).toFixed(0).padStart(4)} % of the SIMD peak` : ''; // prettier-ignore
    console.log(`  ${subject.padEnd(18)}${String(median).padStart(9)} ${unit.padEnd(8)}${share}`);
  }
}
export function printFigures() {}
