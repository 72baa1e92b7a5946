/** All that reads files of data, as one part of the page that is loaded when the first are opened. */
export { csvColumns } from "./csv-columns.ts";
export { openFiles } from "./open-files.ts";
