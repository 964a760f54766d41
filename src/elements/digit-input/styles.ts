/** Numbers are written from left to right on every page. */
export const styles = `
:host { display: inline-grid; gap: 0.5rem; inline-size: 16rem; max-inline-size: 100%; vertical-align: top }
:host([hidden]) { display: none }
ink-pad { inline-size: 100% }
[part=answer] { display: flex; flex-wrap: wrap; gap: 0.5rem }
[part=choices] { display: contents }
input { flex: 1 1 4rem; min-inline-size: 0; box-sizing: border-box; direction: ltr }
input, button { min-block-size: 2.75rem; min-inline-size: 2.75rem; font: inherit }
p { min-block-size: 1lh; margin: 0 }
`;
