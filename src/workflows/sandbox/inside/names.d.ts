export const stepNames: readonly string[];
