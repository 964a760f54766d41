export async function sdkRows() {}
