/** Styles are bundled into the page's one style file. */
declare module '*.css';
