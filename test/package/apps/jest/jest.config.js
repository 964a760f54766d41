export default {
  testEnvironment: 'jest-fixed-jsdom', // jsdom with what Node has and jsdom lacks, such as TextDecoder
  testEnvironmentOptions: { customExportConditions: ['node'] }, // handful's build for Node, not the one for pages
};
