/** Which page of a forward-only cursor list is shown: the cursors walked so far. Pure; knows no query and no component. */

/** Cursors after which the pages start, first page excluded; the last one belongs to the page shown. */
export interface Pages {
  readonly cursors: readonly string[];
}

export type PagesAction =
  /** Go on after `endCursor` of the page shown; null means there is nothing behind it. */
  | { type: "next"; endCursor: string | null | undefined }
  | { type: "previous" }
  /** Search or filter changed: cursors of another list mean nothing. */
  | { type: "first" };

export const FIRST_PAGE: Pages = { cursors: [] };

export function pages(state: Pages, action: PagesAction): Pages {
  switch (action.type) {
    case "next":
      if (action.endCursor == null || state.cursors.at(-1) === action.endCursor) return state;
      return { cursors: [...state.cursors, action.endCursor] };
    case "previous":
      return state.cursors.length === 0 ? state : { cursors: state.cursors.slice(0, -1) };
    case "first":
      return state.cursors.length === 0 ? state : FIRST_PAGE;
  }
}

/** Cursor to ask for, null for the first page. */
export function afterCursor(state: Pages): string | null {
  return state.cursors.at(-1) ?? null;
}

/** Number of the page shown, from 1. */
export function pageNumber(state: Pages): number {
  return state.cursors.length + 1;
}
