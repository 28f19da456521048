/** The panel's type, by which VS Code finds its serializer after a reload. */
export const PANEL_TYPE = 'iommuReplay.panel';
