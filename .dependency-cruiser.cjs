// The arrows of the house: bytes come in at trace/, answers leave at the other end, nothing flows back.
const core = '^src/(trace|iommu|policies|platforms|replay|analysis|report)/';

/** A folder may import itself and the listed folders of src/, nothing else of src/ or webview/. */
const only = (folder, allowed) => ({
  name: `${folder}-imports`,
  comment: `src/${folder}/ may import only: ${[folder, ...allowed].join(', ')}`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: { path: '^(src|webview)/', pathNot: `^src/(${[folder, ...allowed].join('|')})(/|\\.)` },
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'no-orphans', severity: 'error', from: { orphan: true, pathNot: ['\\.d\\.ts$', '\\.json$'] }, to: {} },
    only('trace', []),
    only('iommu', []),
    only('policies', ['iommu']),
    only('platforms', []),
    only('replay', ['trace', 'iommu', 'policies', 'platforms']),
    only('analysis', ['trace', 'replay']),
    only('report', ['analysis', 'replay', 'trace']),
    only('service', ['trace', 'iommu', 'policies', 'platforms', 'replay', 'analysis', 'report']),
    only('cli', ['service', 'report']),
    only('editor', ['service', 'report']),
    {
      name: 'types-only-into-trace',
      comment: 'analysis/ and report/ know operations and results by their types, not by their makers',
      severity: 'error',
      from: { path: '^src/(analysis|report)/' },
      to: { path: '^src/replay/', pathNot: '^src/replay/(result|scenario)\\.ts$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'editor-service-types-and-client',
      severity: 'error',
      from: { path: '^src/editor/' },
      to: {
        path: '^src/service/',
        pathNot: '^src/service/(api|agent-tools|client|node-client|policy-preset)\\.ts$',
        dependencyTypesNot: ['type-only'],
      },
    },
    { name: 'core-is-pure', severity: 'error', from: { path: core }, to: { dependencyTypes: ['core'] } },
    {
      name: 'vscode-only-in-editor',
      severity: 'error',
      from: { pathNot: '^(src/editor|test)/' },
      to: { path: '^vscode$' },
    },
    {
      name: 'chartjs-only-in-charts',
      severity: 'error',
      from: { pathNot: '^webview/charts/' },
      to: { path: 'node_modules/chart\\.js' },
    },
    {
      name: 'toolkit-only-in-ui',
      severity: 'error',
      from: { pathNot: '^webview/ui/' },
      to: { path: 'node_modules/@vscode/webview-ui-toolkit' },
    },
    {
      name: 'webview-knows-messages-only',
      severity: 'error',
      from: { path: '^webview/' },
      to: { path: '^src/', dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
    exclude: { path: '^(dist|test/fixtures|\\.vscode-test)' },
  },
};
